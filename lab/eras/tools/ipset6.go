package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
)

// Types and words that came after 6.14.
var newTypes = map[string]bool{"hash:mac": true, "hash:ip,mac": true, "hash:net,net": true, "hash:net,port,net": true, "hash:ip,mark": true}
var newWords = map[string]bool{
	"comment": true, "counters": true, "skbinfo": true, "forceadd": true, "wildcard": true, "bucketsize": true, "initval": true, "packets": true, "bytes": true,
	"skbmark": true, "skbprio": true, "skbqueue": true, "bitmask": true,
}

var (
	ipsetVersion = regexp.MustCompile(`ipset v[\d.]+`)
	newHeader    = regexp.MustCompile(`(?m) bucketsize \d+| initval 0x[0-9a-f]+`)
	entries      = regexp.MustCompile(`(?m)^Number of entries: \d+\n`)
	revision     = regexp.MustCompile(`(?m)^(Type: (\S+)\nRevision: )\d+`)
)

// The newest revision of a type that 6.14 speaks.
var revisions = map[string]string{
	"hash:ip": "0", "hash:ip,port": "1", "hash:ip,port,ip": "1", "hash:ip,port,net": "3", "hash:net": "2", "hash:net,port": "3", "hash:net,iface": "1",
	"bitmap:ip": "0", "bitmap:ip,mac": "0", "bitmap:port": "0", "list:set": "0",
}

// What 6.14 refuses in a command; "" if it takes it.
func refused6(args []string) string {
	command := 0
	for command < len(args) && (args[command] == "-exist" || args[command] == "-!" || args[command] == "-quiet" || args[command] == "-q") {
		command++
	}
	if command >= len(args) {
		return ""
	}
	switch args[command] {
	case "create", "n", "-N", "--create":
		if len(args) > command+2 && newTypes[args[command+2]] {
			return fmt.Sprintf("Syntax error: typename '%s' is unknown", args[command+2])
		}
		command += 2
	case "add", "-A", "--add", "del", "-D", "--del", "test", "-T", "--test":
		command += 2
	default:
		return ""
	}
	for _, word := range args[min(command+1, len(args)):] {
		if newWords[word] {
			return fmt.Sprintf("Unknown argument: `%s'\nTry `ipset help' for more information.", word)
		}
	}
	return ""
}

// ipset 6.14, whose grammar today's has kept.
func (t *tool) ipset6(args []string) {
	said := func(text string) string {
		text = strings.ReplaceAll(text, "swapped: their type", "swapped: they type")
		return strings.TrimPrefix(ipsetVersion.ReplaceAllString(text, "ipset v"+t.version), "Warning: ")
	}
	fail := func(words string) { finish("", "ipset v"+t.version+": "+words+"\n", 1) }
	input, restores := "", false
	for _, arg := range args {
		switch arg {
		case "-v", "-V", "version", "--version", "-version":
			finish("ipset v"+t.version+", protocol version: 6\n", "", 0)
		case "restore", "-R", "--restore":
			restores = true
		}
	}
	if words := refused6(args); words != "" {
		fail(words)
	}
	refused := ""
	if restores {
		text, err := io.ReadAll(os.Stdin)
		if err != nil {
			fail(err.Error())
		}
		lines := strings.SplitAfter(string(text), "\n")
		for i, line := range lines {
			if words := refused6(words(line)); words != "" {
				refused = fmt.Sprintf("Error in line %d: %s", i+1, words)
				break
			}
			input += line
		}
	}
	stdout, stderr, code := t.run(t.program, "ipset", args, input)
	if code == 0 && refused != "" {
		fail(refused)
	}
	stdout = entries.ReplaceAllString(newHeader.ReplaceAllString(stdout, ""), "")
	stdout = revision.ReplaceAllStringFunc(stdout, func(text string) string {
		parts := revision.FindStringSubmatch(text)
		if own, known := revisions[parts[2]]; known {
			return parts[1] + own
		}
		return text
	})
	finish(said(stdout), said(stderr), code)
}
