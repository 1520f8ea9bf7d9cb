package main

import "os"

// check does, on any machine, what an installation does before it writes anything:
//
//	installer check RELEASE.json answerfile FILE
//	installer check RELEASE.json repository URL
//
// The last line says what would stop it. For an answerfile this is more than its reading: also what is read, but cannot be done.
func check(releaseFile, kind, what string, report *Report) error {
	release, err := readRelease(releaseFile)
	if err != nil {
		return err
	}
	report.Target = release.Target
	switch kind {
	case "answerfile":
		return checkAnswerfile(what, release)
	case "repository":
		return installPackages(nowhere{}, []string{what}, release, report)
	}
	return fault("", kind, "it is neither answerfile nor repository")
}

func checkAnswerfile(file string, release Release) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	document, err := readDocument(text)
	if err != nil {
		return err
	}
	answers, scripts, err := readAll(document, release)
	if err != nil {
		return err
	}
	if faults := append(answers.useless(document), scripts.unfetchable()...); len(faults) > 0 {
		return faults[0]
	}
	return nil
}

// readAll reads what an installer reads, in its order, but for one thing: what the file is for comes first. An installer looks for scripts before
// that. This changes only which of two faults is told, and without a mode csp tells no other.
func readAll(document *Element, release Release) (*Answers, Scripts, error) {
	r := &Reader{document, release}
	if err := reading(func() { r.rootName(); r.mode() }); err != nil {
		return nil, Scripts{}, err
	}
	scripts, err := readScripts(document, release)
	if err != nil {
		return nil, scripts, err
	}
	answers, err := readAnswers(document, release)
	return answers, scripts, err
}

// useless are words that a parser takes, but with which no installation ends well.
func (a *Answers) useless(document *Element) []*Fault {
	var faults []*Fault
	for _, source := range append(append([]Source{}, a.Sources...), a.DriverSources...) {
		if source.Address == "" {
			faults = append(faults, source.element.broken("E2", "it has no address"))
		}
	}
	if a.Disks.element != nil && a.Disks.element.Text == "" {
		faults = append(faults, a.Disks.element.broken("E2", "it names no disk"))
	}
	if a.Settings != nil && a.Settings.Timezone == nil {
		faults = append(faults, document.lacks("E2", "/timezone", "timezone is missing, and the installer stops: %s needs it", a.Mode))
	}
	return faults
}

// nowhere accepts packages that are only checked.
type nowhere struct{}

func (nowhere) unpackTar([]byte, string) error              { return nil }
func (nowhere) unpackRPM([]byte) error                      { return nil }
func (nowhere) writeFile(string, []byte, os.FileMode) error { return nil }
