package main

import (
	"os"
	"os/exec"
	"strings"
)

// Script is a script that an answerfile names for a stage.
type Script struct {
	URL     string
	element *Element
}

// Scripts are kept by stage. Those of an unknown stage are kept too, and never run.
type Scripts struct {
	release Release
	stages  map[string][]Script
}

func readScripts(root *Element, release Release) (Scripts, error) {
	scripts := Scripts{release, map[string][]Script{}}
	add := func(stage string, element *Element) {
		url := element.Text
		if strings.EqualFold(element.Attributes["type"], "nfs") && !strings.HasPrefix(url, "nfs://") {
			url = "nfs://" + url
		}
		scripts.stages[stage] = append(scripts.stages[stage], Script{url, element})
	}
	for _, element := range root.all("script") {
		if release.AtLeast("6.1") {
			if element.Attributes["type"] == "" {
				return scripts, element.lacks("E2", "@type", "the attribute is missing: the installer stops without it")
			}
			if element.Attributes["stage"] == "" {
				return scripts, element.lacks("E2", "@stage", "the attribute is missing: it says when the script runs")
			}
		}
		add(strings.ToLower(element.Attributes["stage"]), element)
	}
	// The old names count only if there is exactly one of each.
	for name, stage := range map[string]string{"post-install-script": "filesystem-populated", "install-failed-script": "installation-complete"} {
		if elements := root.all(name); len(elements) == 1 {
			add(stage, elements[0])
		}
	}
	return scripts, nil
}

// run fetches and runs the scripts of a stage. Their exit status is logged and changes nothing. A script that cannot be fetched, or that no
// installer of this release runs, stops the installation.
func (s Scripts) run(stage string, arguments []string, report *Report) error {
	for _, script := range s.stages[stage] {
		if strings.HasPrefix(script.URL, "https://") && !s.release.AtLeast("6.5") {
			return script.element.broken("E9", "%s: %s cannot fetch over https, which 6.5 is the first to do", quoted(script.URL), s.release.Product)
		}
		text, err := fetch(script.URL)
		if err != nil {
			return &Fault{Message: "Unable to fetch script " + script.URL, Detail: err.Error(), Unfetched: true}
		}
		if err := s.checkInterpreter(text); err != nil {
			return err
		}
		status, err := execute(text, stage, arguments)
		if err != nil {
			return err
		}
		say("stage %s: %s %s", stage, script.URL, strings.Join(arguments, " "))
		say("Script returned %d", status)
		report.Scripts = append(report.Scripts, ScriptRun{stage, script.URL, arguments, status})
	}
	return nil
}

// How many bytes of a script an installer checks (host-installer, scripts.py).
const lookedAt = 40

// interpreters are those that an installer of before 8c1aa01 (2024-03) runs: whole words, behind /usr/bin/env the first argument.
func (r Release) interpreters() []string {
	known := []string{"/bin/sh", "/bin/bash", "/usr/bin/env python"}
	if r.AtLeast("6.0") {
		known = append(known, "/usr/bin/python")
	}
	if r.AtLeast("xs8") {
		known = append(known, "/usr/bin/python3", "/usr/bin/env python3")
	}
	return known
}

// checkInterpreter looks at the first line of a script. XenServer 9 does not.
func (s Scripts) checkInterpreter(text []byte) error {
	if s.release.Target == "xs9" {
		return nil
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if !strings.HasPrefix(line, "#!") {
		return &Fault{Rule: "E9", Path: "#!", Line: 1, Message: "its first line does not begin with #!, and the installer says Missing interpreter"}
	}
	if len(line) > lookedAt {
		line = line[:lookedAt]
	}
	words := append(strings.Fields(line[2:]), "", "")
	named := words[0]
	if named == "" {
		return &Fault{Rule: "E9", Path: "#!", Line: 1, Message: "its first line names no interpreter"}
	}
	if named == "/usr/bin/env" {
		named = strings.TrimSpace(named + " " + words[1])
	}
	for _, each := range s.release.interpreters() {
		if named == each {
			return nil
		}
	}
	return &Fault{Rule: "E9", Path: "#!", Line: 1, Message: s.release.Product + " does not run scripts with " + named + ", and stops with Invalid interpreter"}
}

func execute(text []byte, stage string, arguments []string) (int, error) {
	file, err := os.CreateTemp("/tmp", "script")
	if err != nil {
		return 0, err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(text)
	if err == nil {
		err = file.Chmod(0o755)
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return 0, err
	}
	command := exec.Command(file.Name(), arguments...)
	command.Env = append(os.Environ(), "XS_STAGE="+stage)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	err = command.Run()
	if command.ProcessState == nil {
		// The interpreter is missing.
		say("%v", err)
		return 127, nil
	}
	return command.ProcessState.ExitCode(), nil
}
