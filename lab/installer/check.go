package main

import "os"

// check reads an answerfile as an installation would, on any machine: `installer check RELEASE.json ANSWERFILE`. The last line says what would
// stop it.
func check(release, answerfile string) error {
	parsed, err := readRelease(release)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(answerfile)
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
	if _, err := readScripts(document, parsed); err != nil {
		return err
	}
	_, err = readAnswers(document, parsed)
	return err
}
