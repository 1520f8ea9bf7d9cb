package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
)

// A refusal in a tool's words.
type refusal struct {
	words  string
	code   int
	help   bool // "Try ... for more information." follows
	plain  bool // without the tool's name and version; on stdout
	kernel bool // the kernel's: of a restore, its COMMIT fails
}

func (t *tool) old() bool { return t.version == "1.3.5" }

// Prints a refusal and ends. `line`: of a restore, 0 outside of one.
func (t *tool) refuse(r *refusal, line int) {
	if r.kernel {
		if line > 0 {
			finish("", fmt.Sprintf("%s: line %d failed\n", t.name, line), 1)
		}
		finish("", fmt.Sprintf("%s: %s\n", t.name, r.words), r.code)
	}
	help := ""
	if r.help {
		if line > 0 {
			help = fmt.Sprintf("Error occurred at line: %d\n", line)
		}
		help += fmt.Sprintf("Try `%s -h' or '%s --help' for more information.\n", t.name, t.name)
	}
	if r.plain {
		finish(r.words+"\n", help, r.code)
	}
	finish("", fmt.Sprintf("%s v%s: %s\n%s", t.name, t.version, r.words, help), r.code)
}

var (
	versionBelow = regexp.MustCompile(`v\d+\.\d+\.\d+ \((?:legacy|nf_tables)\)`)
	savedVersion = regexp.MustCompile(`(-save) v[\d.]+(?: \([a-z_]+\))?`)
	lastStop     = regexp.MustCompile(`(?m)^(ip6?tables(?:-restore)?: .*)\.$`)
	notLoaded    = regexp.MustCompile("Couldn't load (match|target) `([^']*)':No such file or directory")
	protocols    = regexp.MustCompile(`(?m)^((?:\s*\d+[KMGT]?\s+\d+[KMGT]?\s+)?\S+\s+!?)(\d+)(\s+(?:--|-f|!f) )`)
)

// What the program below says, in this version's spelling.
func (t *tool) said(text string) string {
	text = versionBelow.ReplaceAllString(text, "v"+t.version)
	if t.old() {
		text = lastStop.ReplaceAllString(text, "$1")
		library := map[string]string{"iptables": "libipt", "ip6tables": "libip6t"}[t.family]
		text = notLoaded.ReplaceAllString(text,
			"Couldn't load $1 `$2':/lib/iptables/"+library+"_$2.so: cannot open shared object file: No such file or directory")
	}
	return text
}

// A listing: 1.8.9 prints protocols by number where it is asked to be numeric; before, they had names.
func (t *tool) listed(text string) string {
	return protocols.ReplaceAllStringFunc(text, func(line string) string {
		parts := protocols.FindStringSubmatch(line)
		name, known := protocolNames[parts[2]]
		if !known {
			return line
		}
		width := len(parts[2]) + len(parts[3]) - len(strings.TrimLeft(parts[3], " "))
		return parts[1] + fmt.Sprintf("%-*s", max(width, len(name)+1), name) + strings.TrimLeft(parts[3], " ")
	})
}

var protocolNames = map[string]string{
	"0": "all", "1": "icmp", "2": "igmp", "4": "ipencap", "6": "tcp", "17": "udp", "47": "gre", "50": "esp", "51": "ah", "58": "icmpv6", "132": "sctp",
}

func (t *tool) xtables(args []string) {
	switch {
	case strings.HasSuffix(t.name, "-save"):
		t.xtablesSave(args)
	case strings.HasSuffix(t.name, "-restore"):
		t.xtablesRestore(args)
	case t.old():
		t.xtablesCommand(args)
	default:
		t.xtablesCommandNew(args)
	}
}

// One command of 1.4.21, whose grammar today's has kept, but for waiting.
func (t *tool) xtablesCommandNew(args []string) {
	list := false
	for i, arg := range args {
		switch {
		case arg == "-V" || arg == "--version":
			finish(fmt.Sprintf("%s v%s\n", t.name, t.version), "", 0)
		case (arg == "-w" || arg == "--wait") && i+1 < len(args) && number.MatchString(args[i+1]):
			t.refuse(&refusal{words: fmt.Sprintf("Bad argument `%s'", args[i+1]), code: 2, help: true, plain: true}, 0)
		case strings.HasPrefix(arg, "--wait=") || arg == "-W" || strings.HasPrefix(arg, "--wait-interval"):
			t.refuse(&refusal{words: fmt.Sprintf("unknown option \"%s\"", arg), code: 2, help: true}, 0)
		case arg == "--list" || (strings.HasPrefix(arg, "-") && !strings.HasPrefix(arg, "--") && strings.Contains(arg, "L")):
			list = true
		}
	}
	stdout, stderr, code := t.run(t.program, t.name, args, "")
	if list {
		stdout = t.listed(stdout)
	} else {
		stdout = t.printed(stdout)
	}
	finish(t.said(stdout), t.said(stderr), code)
}

var number = regexp.MustCompile(`^\d+$`)

// One command of 1.3.5.
func (t *tool) xtablesCommand(args []string) {
	p, r := t.parse(args)
	if r != nil {
		t.refuse(r, 0)
	}
	if p.version {
		finish(fmt.Sprintf("%s v%s\n", t.name, t.version), "", 0)
	}
	if p.kernel {
		t.refuse(&refusal{words: "Unknown error -1", code: 1, kernel: true}, 0)
	}
	stdout, stderr, code := t.run(t.program, t.name, p.args, "")
	finish(t.listed(t.said(stdout)), t.said(stderr), code)
}

func (t *tool) xtablesSave(args []string) {
	stdout, stderr, code := t.run(t.program, t.name, args, "")
	finish(t.printed(savedVersion.ReplaceAllString(stdout, "$1 v"+t.version)), t.said(stderr), code)
}

// Every rule of a save's text in this version's spelling.
func (t *tool) printed(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		counters, rule := "", line
		if strings.HasPrefix(rule, "[") {
			if end := strings.Index(rule, "] "); end > 0 {
				counters, rule = rule[:end+2], rule[end+2:]
			}
		}
		if strings.HasPrefix(rule, "-A ") {
			lines[i] = counters + t.spelt(rule)
		}
	}
	return strings.Join(lines, "\n")
}

var restoreOptions = map[string]string{
	"-b": "", "--binary": "", "-c": "-c", "--counters": "-c", "-v": "-v", "--verbose": "-v", "-t": "-t", "--test": "-t", "-n": "-n", "--noflush": "-n",
}

// Restores a text, table by table, each at its COMMIT. A line that is refused ends all: tables committed before it stay.
func (t *tool) xtablesRestore(args []string) {
	var options, files []string
	usage := fmt.Sprintf("Usage: %s [-b] [-c] [-v] [-t] [-h]\n\t   [ --binary ]\n\t   [ --counters ]\n\t   [ --verbose ]\n\t   [ --test ]\n"+
		"\t   [ --help ]\n\t   [ --noflush ]\n\t   [ --modprobe=<command>]\n", t.name)
	for i := 0; i < len(args); i++ {
		arg := args[i]
		option, known := restoreOptions[arg]
		switch {
		case known && option != "":
			options = append(options, option)
		case known, strings.HasPrefix(arg, "--modprobe="):
		case arg == "-h" || arg == "--help":
			finish("", usage, 1)
		case (arg == "-T" || arg == "--table") && !t.old():
			i++
			options = append(options, append([]string{"-T"}, args[i:min(i+1, len(args))]...)...)
		case strings.HasPrefix(arg, "--"):
			fmt.Fprintf(os.Stderr, "%s: unrecognized option '%s'\n", t.name, arg)
		case strings.HasPrefix(arg, "-") && len(arg) > 1:
			// As getopt does: what it does not know it says, and the tool goes on.
			for _, letter := range arg[1:] {
				if option := restoreOptions["-"+string(letter)]; option != "" {
					options = append(options, option)
				} else if letter != 'b' {
					fmt.Fprintf(os.Stderr, "%s: invalid option -- '%c'\n", t.name, letter)
				}
			}
		default:
			files = append(files, arg)
		}
	}
	var text []byte
	var err error
	switch len(files) {
	case 0:
		text, err = io.ReadAll(os.Stdin)
	case 1:
		if text, err = os.ReadFile(files[0]); err != nil {
			finish("", fmt.Sprintf("Can't open %s: No such file or directory\n", files[0]), 1)
		}
	default:
		finish("", "Unknown arguments found on commandline\n", 1)
	}
	if err != nil {
		finish("", fmt.Sprintf("%s (a stand-in): %v\n", t.name, err), 1)
	}
	if !t.old() {
		stdout, stderr, code := t.run(t.program, t.name, options, string(text))
		finish(t.said(stdout), t.said(stderr), code)
	}
	done, r, line := t.translated(string(text))
	stdout, stderr, code := "", "", 0
	if done != "" || r == nil {
		stdout, stderr, code = t.run(t.program, t.name, options, done)
	}
	if code != 0 || r == nil {
		finish(t.said(stdout), t.said(stderr), code)
	}
	os.Stdout.WriteString(stdout)
	t.refuse(r, line)
}

// The text of a restore of 1.3.5 for the program below, line by line, up to the last COMMIT before what is refused.
func (t *tool) translated(text string) (done string, refused *refusal, at int) {
	var out strings.Builder
	committed := 0
	inTable, kernel := false, false
	kept := map[string]bool{}
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		if line == "" {
			continue
		}
		bare := strings.TrimRight(line, "\n")
		fail := func(r *refusal) (string, *refusal, int) { return out.String()[:committed], r, i + 1 }
		switch {
		case bare == "" || bare[0] == '#':
			out.WriteString(line)
		case strings.HasPrefix(bare, "COMMIT") && inTable:
			if kernel {
				return fail(&refusal{kernel: true})
			}
			out.WriteString("COMMIT\n")
			committed, inTable = out.Len(), false
		case bare[0] == '*' && !inTable:
			inTable, kernel, kept = true, false, map[string]bool{}
			out.WriteString(line)
		case bare[0] == ':' && inTable:
			out.WriteString(line)
		case inTable:
			counters, rule := "", bare
			if bare[0] == '[' {
				if end := strings.Index(bare, "] "); end > 0 {
					counters, rule = bare[:end+2], bare[end+2:]
				}
			}
			args := words135(rule)
			for _, arg := range args {
				if arg == "-t" || arg == "--table" {
					return fail(&refusal{words: fmt.Sprintf("Line %d seems to have a -t table option.\n", i+1), code: 1})
				}
			}
			p, r := t.parse(args)
			if r != nil {
				return fail(r)
			}
			kernel = kernel || p.kernel
			// The reference of a rule that is deleted by what it says is kept until the commit, so the chain it led to cannot go.
			if p.command == "-D" && p.target != "" && !p.numbered {
				kept[p.target] = true
			}
			if p.command == "-X" && kept[p.chain] {
				return fail(&refusal{kernel: true})
			}
			if p.kernel {
				// It never gets there: the commit fails.
				out.WriteString("\n")
				continue
			}
			out.WriteString(counters + joined(p.args) + "\n")
		default:
			return fail(&refusal{kernel: true})
		}
	}
	if inTable {
		// Without COMMIT nothing is done, and the tool says so.
		return out.String()[:committed], &refusal{kernel: true}, strings.Count(text, "\n") + 1
	}
	return out.String(), nil, 0
}

// Words of a restore's line as 1.3.5 splits them: a quote opens and closes; a backslash before one keeps it from closing, and stays.
func words135(line string) []string {
	var all []string
	var word strings.Builder
	open := false
	end := func() {
		if word.Len() > 0 {
			all = append(all, word.String())
			word.Reset()
		}
	}
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"' && open && line[i-1] != '\\':
			open = false
			end()
		case c == '"' && !open:
			open = true
		case (c == ' ' || c == '\t') && !open:
			end()
		default:
			word.WriteByte(c)
		}
	}
	end()
	return all
}
