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
	case "script":
		text, err := os.ReadFile(what)
		if err != nil {
			return err
		}
		return Scripts{release: release}.checkInterpreter(text)
	}
	return fault("", kind, "it is neither answerfile nor repository nor script")
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
