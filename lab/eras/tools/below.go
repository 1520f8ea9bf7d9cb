package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Runs a program of the folder below by a name, and returns what it says.
func (t *tool) run(program, name string, args []string, input string) (stdout, stderr string, code int) {
	var out, errors bytes.Buffer
	command := exec.Cmd{Path: filepath.Join(t.folder, program), Args: append([]string{name}, args...)}
	command.Stdin = strings.NewReader(input)
	command.Stdout, command.Stderr = &out, &errors
	if err := command.Run(); err != nil && command.ProcessState == nil {
		return "", fmt.Sprintf("%s (a stand-in): %v\n", t.name, err), 1
	}
	return out.String(), errors.String(), command.ProcessState.ExitCode()
}

// Ends with words and a status.
func finish(stdout, stderr string, code int) {
	os.Stdout.WriteString(stdout)
	os.Stderr.WriteString(stderr)
	os.Exit(code)
}

// Words of a line, as a shell would see them: quotes group, a backslash in quotes escapes.
func words(line string) []string {
	var all []string
	var word strings.Builder
	started, quoted := false, false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '"':
			quoted, started = !quoted, true
		case c == '\\' && quoted && i+1 < len(line):
			i++
			word.WriteByte(line[i])
		case (c == ' ' || c == '\t' || c == '\n') && !quoted:
			if started {
				all = append(all, word.String())
				word.Reset()
				started = false
			}
		default:
			word.WriteByte(c)
			started = true
		}
	}
	if started {
		all = append(all, word.String())
	}
	return all
}

// A word as a restore's line has to carry it.
func quoted(word string) string {
	if word != "" && !strings.ContainsAny(word, " \t\"\\'") {
		return word
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(word) + `"`
}

func joined(all []string) string {
	out := make([]string, len(all))
	for i, word := range all {
		out[i] = quoted(word)
	}
	return strings.Join(out, " ")
}
