package main

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	arpVersion   = regexp.MustCompile(`arptables v0\.0\.\d[-\d]*`)
	arpInterface = regexp.MustCompile(`(?: !)? -[io] (?:! )?\S+`)
)

// arptables 0.0.3 and 0.0.4, whose grammar 0.0.5 has kept; save and restore are its own Perl scripts, which call this.
func (t *tool) arptables(args []string) {
	named := map[string]string{"0.0.3": "0.0.3-4"}[t.version]
	if named == "" {
		named = t.version
	}
	listing, verbose := false, false
	for _, arg := range args {
		switch {
		case arg == "-V" || arg == "--version":
			finish("arptables v"+named+"\n", "", 0)
		case arg == "--proto-type" && t.version == "0.0.3":
			finish("", fmt.Sprintf("arptables v%s: Problem with specified protocol type\nTry `arptables -h' or 'arptables --help' for more information.\n", named), 2)
		case arg == "--list", strings.HasPrefix(arg, "-") && !strings.HasPrefix(arg, "--") && strings.Contains(arg, "L"):
			listing = true
		}
		verbose = verbose || arg == "--verbose" || (strings.HasPrefix(arg, "-") && !strings.HasPrefix(arg, "--") && strings.Contains(arg, "v"))
	}
	stdout, stderr, code := t.run(t.program, "arptables", args, "")
	if listing && !verbose && t.version == "0.0.3" {
		lines := strings.Split(stdout, "\n")
		for i, line := range lines {
			if strings.HasPrefix(line, "Chain ") {
				continue
			}
			lines[i] = arpInterface.ReplaceAllString(line, "")
		}
		stdout = strings.Join(lines, "\n")
	}
	finish(stdout, arpVersion.ReplaceAllString(stderr, "arptables v"+named), code)
}
