package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// Fault is what stops an installation: the broken rule, the place, and csp's words for it.
type Fault struct {
	// Rule is csp's number, "E12"; empty if something other than a file was wrong.
	Rule string
	// Path is an element, or a file of a repository.
	Path    string
	Line    int
	Message string
	// Detail is only for the console.
	Detail string
	// Unfetched: a script could not be fetched, which installers since 6.0 ignore at the end.
	Unfetched bool
}

func (f *Fault) Error() string {
	text := f.Message
	if f.Path != "" {
		text = f.Path + ": " + text
	}
	if f.Rule != "" {
		text = f.Rule + " " + text
	}
	if f.Detail != "" {
		text += " (" + f.Detail + ")"
	}
	return text
}

func fault(rule, path, format string, values ...any) *Fault {
	return &Fault{Rule: rule, Path: path, Message: fmt.Sprintf(format, values...)}
}

// ScriptRun is one script that ran. Installers log its status and continue.
type ScriptRun struct {
	Stage  string   `json:"stage"`
	URL    string   `json:"url"`
	Args   []string `json:"arguments"`
	Status int      `json:"status"`
}

// Report is the last line.
type Report struct {
	Result       string      `json:"result"`
	Target       string      `json:"target"`
	Rule         string      `json:"rule,omitempty"`
	Path         string      `json:"path,omitempty"`
	Line         int         `json:"line,omitempty"`
	Message      string      `json:"message,omitempty"`
	Repositories []string    `json:"repositories,omitempty"`
	Packages     int         `json:"packages"`
	Scripts      []ScriptRun `json:"scripts,omitempty"`
	// Options is what a check of a kernel's command line understood.
	Options *Options `json:"options,omitempty"`
}

func (r *Report) end(err error) {
	r.Result = "installed"
	if err != nil {
		r.Result = "failed"
		var stopped *Fault
		if errors.As(err, &stopped) {
			r.Rule, r.Path, r.Line, r.Message = stopped.Rule, stopped.Path, stopped.Line, stopped.Message
		} else {
			r.Message = err.Error()
		}
		say("An unrecoverable error has occurred.  The error was: %v", err)
	}
	// One write, so that no text of the kernel comes between.
	os.Stdout.WriteString("\ncsp-installer: " + quoted(r) + "\n")
}

func say(format string, values ...any) {
	fmt.Printf("installer: "+format+"\n", values...)
}

// quoted is JSON as JavaScript writes it: < and & stay.
func quoted(value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err.Error()
	}
	return string(bytes.TrimRight(text.Bytes(), "\n"))
}
