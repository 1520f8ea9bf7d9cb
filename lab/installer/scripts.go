package main

import (
	"os"
	"os/exec"
	"sort"
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

// readScripts stops at what a parser stops at. An address that nobody can fetch is none of that: an installer notices when the stage comes.
func readScripts(root *Element, release Release) (Scripts, error) {
	scripts := Scripts{release, map[string][]Script{}}
	r := &Reader{root, release}
	err := reading(func() {
		for _, element := range root.all("script") {
			stage, kind := r.attribute(element, "stage"), r.attribute(element, "type")
			if !release.Old() {
				stage = r.required(element, "stage", "it says when the script runs")
				kind = r.required(element, "type", "the installer stops without it")
			}
			scripts.add(strings.ToLower(stage), Script{r.scriptURL(element, kind), element})
		}
		// The old names count only if there is exactly one of each.
		for _, each := range [][2]string{{"post-install-script", "filesystem-populated"}, {"install-failed-script", "installation-complete"}} {
			element := r.only(each[0])
			if element == nil {
				continue
			}
			kind := ""
			if !release.Old() {
				kind = r.attribute(element, "type")
			}
			scripts.add(each[1], Script{r.scriptURL(element, kind), element})
		}
	})
	return scripts, err
}

func (s Scripts) add(stage string, script Script) {
	s.stages[stage] = append(s.stages[stage], script)
}

// scriptURL: the old parser puts nfs:// before an address that has it already.
func (r *Reader) scriptURL(element *Element, kind string) string {
	url := r.text(element)
	if strings.ToLower(kind) == "nfs" && (r.release.Old() || !strings.HasPrefix(url, nfsScheme)) {
		return nfsScheme + url
	}
	return url
}

// names are the stages that have scripts, those that never come included.
func (s Scripts) names() []string {
	names := []string{}
	for stage := range s.stages {
		names = append(names, stage)
	}
	sort.Strings(names)
	return names
}

// unfetchable are the scripts whose address no installer of the release fetches.
func (s Scripts) unfetchable() []*Fault {
	var faults []*Fault
	for _, stage := range s.names() {
		for _, script := range s.stages[stage] {
			if problem := s.release.cannotFetch(script.URL); problem != "" {
				faults = append(faults, script.element.broken("E9", "%s: %s", quoted(script.element.Text), problem))
			}
		}
	}
	return faults
}

// run fetches and runs the scripts of a stage. Their exit status is logged and changes nothing. A script that cannot be fetched, or that no
// installer of this release runs, stops the installation.
func (s Scripts) run(stage string, arguments []string, report *Report) error {
	for _, script := range s.stages[stage] {
		if problem := s.release.cannotFetch(script.URL); problem != "" {
			return script.element.broken("E9", "%s: %s", quoted(script.element.Text), problem)
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
