package main

import (
	"encoding/json"
	"os"
)

// check does, on any machine, what an installation does before it writes anything:
//
//	installer check RELEASE.json answerfile FILE
//	installer check RELEASE.json repository URL
//	installer check RELEASE.json script FILE
//	installer check RELEASE.json cmdline FILE
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
	case "script":
		text, err := os.ReadFile(what)
		if err != nil {
			return err
		}
		return Scripts{release: release}.checkInterpreter(text)
	case "cmdline":
		return checkOptions(what, release, report)
	}
	return fault("", kind, "it is none of answerfile, repository, script and cmdline")
}

// checkOptions reads a kernel's command line, and reports what it understood.
func checkOptions(file string, release Release, report *Report) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	options, err := readOptions(string(text), release)
	if err != nil {
		return err
	}
	report.Options = &options
	_, _, err = networkConfig(options.Config, release)
	return err
}

// Comparison is a question about two versions: does `there` meet `test required` on the target?
type Comparison struct {
	Target, There, Build, Test, Required, RequiredBuild string
}

// tables prints what this installer knows, for comparison with what csp knows: the layout of each release, and the answers to the comparisons
// that come on stdin, as JSON.
//
//	installer tables <COMPARISONS.json
func tables() {
	var asked []Comparison
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		say("%v", err)
	}
	said := struct {
		Layouts map[string]Layout `json:"layouts"`
		Answers []string          `json:"answers"`
	}{map[string]Layout{}, []string{}}
	for _, target := range releases {
		said.Layouts[target] = Release{Target: target}.layout()
	}
	for _, each := range asked {
		said.Answers = append(said.Answers, each.answer())
	}
	os.Stdout.WriteString(quoted(said) + "\n")
}

func (c Comparison) answer() string {
	release := Release{Target: c.Target}
	there, readable := parseVersion(c.There, c.Build, release)
	required, alsoReadable := parseVersion(c.Required, c.RequiredBuild, release)
	if !readable || !alsoReadable {
		return "unreadable"
	}
	meets, err := there.meets(c.Test, required)
	switch {
	case err != nil:
		return "incomparable"
	case meets:
		return "yes"
	}
	return "no"
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
