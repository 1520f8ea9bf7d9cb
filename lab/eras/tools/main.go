// The firewall tools of an old host, in front of this machine's: they take what those took, refuse what those refused in the same words, and
// print as those printed. Which tool it is, its name says; which version, the file "versions" beside it, a line for each tool:
//
//	iptables 1.3.5 xtables-legacy-multi
//	ebtables 2.0.9 xtables-nft-multi
//
// The third word is the program below it, in the folder "below". What was measured is in test/install/cases/dialects.tsv.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A tool of one version, as its user has called it.
type tool struct {
	// "iptables-restore" as called, and the "iptables" that it belongs to.
	name, family string
	version      string
	// The program below it, and the folder of all of those.
	program, folder string
}

// What each name belongs to.
var families = map[string]string{
	"iptables": "iptables", "iptables-save": "iptables", "iptables-restore": "iptables",
	"ip6tables": "ip6tables", "ip6tables-save": "ip6tables", "ip6tables-restore": "ip6tables",
	"ebtables": "ebtables", "ebtables-save": "ebtables", "ebtables-restore": "ebtables",
	"arptables": "arptables", "ipset": "ipset",
}

func main() {
	name := filepath.Base(os.Args[0])
	t, err := toolNamed(name)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s (a stand-in): %v\n", name, err)
		os.Exit(1)
	}
	args := os.Args[1:]
	switch t.family {
	case "iptables", "ip6tables":
		t.xtables(args)
	case "ebtables":
		t.ebtables(args)
	case "arptables":
		t.arptables(args)
	case "ipset":
		if strings.HasPrefix(t.version, "4.") {
			t.ipset4(args)
		} else {
			t.ipset6(args)
		}
	}
}

func toolNamed(name string) (*tool, error) {
	family, known := families[name]
	if !known {
		return nil, fmt.Errorf("there is no such tool")
	}
	own, err := os.Executable()
	if err != nil {
		return nil, err
	}
	folder := filepath.Dir(own)
	text, err := os.ReadFile(filepath.Join(folder, "versions"))
	if err != nil {
		return nil, err
	}
	for _, line := range strings.Split(string(text), "\n") {
		if words := strings.Fields(line); len(words) == 3 && words[0] == family {
			below := filepath.Join(folder, "below")
			return &tool{name: name, family: family, version: words[1], program: words[2], folder: below}, nil
		}
	}
	return nil, fmt.Errorf("no version of %s in %s/versions", family, folder)
}
