package main

import "os"

// check does, on any machine, what an installation does before it writes anything:
//
//	installer check RELEASE.json answerfile FILE
//	installer check RELEASE.json repository URL
//	installer check RELEASE.json cmdline FILE
//
// The last line says what would stop it.
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
	case "cmdline":
		return checkOptions(what, release, report)
	}
	return fault("", kind, "it is neither answerfile nor repository nor cmdline")
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

func checkAnswerfile(file string, release Release) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	document, err := readDocument(text)
	if err != nil {
		return err
	}
	if err := checkMode(document); err != nil {
		return err
	}
	if _, err := readScripts(document, release); err != nil {
		return err
	}
	_, err = readAnswers(document, release)
	return err
}

// nowhere accepts packages that are only checked.
type nowhere struct{}

func (nowhere) unpackTar([]byte, string) error              { return nil }
func (nowhere) unpackRPM([]byte) error                      { return nil }
func (nowhere) writeFile(string, []byte, os.FileMode) error { return nil }
