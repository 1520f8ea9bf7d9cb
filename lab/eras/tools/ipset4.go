package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ipset 4.5: its own words, its own types, IPv4 only. Below it are today's sets. What these do not keep of a set of 4.5 (probes, resize, the
// range of an ipporthash) is in a file for each set, which does not outlive the host's boot.

type type4 struct {
	below string
	// Default of --probes; 0: it is no hash.
	probes int
	// It has a range, which it needs; and a --netmask.
	ranged, netmask bool
}

var types4 = map[string]type4{
	"iphash":     {below: "hash:ip", probes: 8, netmask: true},
	"nethash":    {below: "hash:net", probes: 4},
	"iptreemap":  {below: "hash:net"},
	"ipporthash": {below: "hash:ip,port", probes: 8, ranged: true},
	"ipmap":      {below: "bitmap:ip", ranged: true, netmask: true},
	"macipmap":   {below: "bitmap:ip,mac", ranged: true},
	"portmap":    {below: "bitmap:port", ranged: true},
	"setlist":    {below: "list:set"},
}

// The kernel module of 4.5 has room for so many sets.
const maxSets4 = 256

// What a set was made with.
type header4 struct {
	kind                     string
	hashsize, probes, resize int
	netmask                  int
	from, to                 string
	size                     int
}

func (h header4) options() string {
	switch {
	case h.kind == "iptreemap":
		return ""
	case h.kind == "setlist":
		return fmt.Sprintf(" --size %d", h.size)
	case types4[h.kind].probes == 0:
		text := fmt.Sprintf(" --from %s --to %s", h.from, h.to)
		if h.netmask != 0 && h.netmask != 32 {
			text += fmt.Sprintf(" --netmask %d", h.netmask)
		}
		return text
	case h.kind == "ipporthash":
		return fmt.Sprintf(" --from %s --to %s --hashsize %d --probes %d --resize %d", h.from, h.to, h.hashsize, h.probes, h.resize)
	}
	text := fmt.Sprintf(" --hashsize %d --probes %d --resize %d", h.hashsize, h.probes, h.resize)
	if h.netmask != 0 && h.netmask != 32 {
		text += fmt.Sprintf(" --netmask %d", h.netmask)
	}
	return text
}

// As it stands in a listing.
func (h header4) listed() string {
	return strings.ReplaceAll(strings.TrimPrefix(regexp.MustCompile(`--(\w+) `).ReplaceAllString(h.options(), "$1: "), ""), "  ", " ")
}

// Words for the program below.
func (h header4) below() string {
	own := types4[h.kind]
	text := own.below
	switch h.kind {
	case "setlist":
		return text + fmt.Sprintf(" size %d", h.size)
	case "iptreemap":
		return text + " maxelem 1048576"
	case "iphash", "nethash", "ipporthash":
		size := 64
		for size < h.hashsize {
			size *= 2
		}
		text += fmt.Sprintf(" hashsize %d maxelem 1048576", size)
	default:
		text += fmt.Sprintf(" range %s-%s", h.from, h.to)
	}
	if own.netmask && h.netmask != 0 && h.netmask != 32 {
		text += fmt.Sprintf(" netmask %d", h.netmask)
	}
	return text
}

// The header of a set below, as far as it says.
func headerOf(create []string) (header4, bool) {
	h := header4{hashsize: 1024, resize: 50, size: 8}
	for name, own := range types4 {
		// What a set of networks was made as is kept beside it.
		if own.below == create[2] && name != "iptreemap" {
			h.kind, h.probes = name, own.probes
		}
	}
	if h.kind == "" {
		return h, false
	}
	for i := 3; i+1 < len(create); i++ {
		switch create[i] {
		case "family":
			if create[i+1] != "inet" {
				return h, false
			}
		case "hashsize":
			h.hashsize, _ = strconv.Atoi(create[i+1])
		case "netmask":
			h.netmask, _ = strconv.Atoi(create[i+1])
		case "size":
			h.size, _ = strconv.Atoi(create[i+1])
		case "range":
			h.from, h.to, _ = strings.Cut(create[i+1], "-")
		}
	}
	return h, true
}

// Where headers are: of this network namespace, as sets are.
func headerFile(name string) string {
	space, _ := os.Readlink("/proc/self/ns/net")
	return filepath.Join("/run/csp-lab-ipset4", strings.Trim(strings.TrimPrefix(space, "net:"), "[]"), strings.ReplaceAll(name, "/", "%"))
}

func keepHeader(name string, h header4) {
	file := headerFile(name)
	os.MkdirAll(filepath.Dir(file), 0o755)
	os.WriteFile(file, []byte(fmt.Sprintf("%d %d %s %s %s", h.probes, h.resize, orDash(h.from), orDash(h.to), h.kind)), 0o644)
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func keptHeader(name string, h header4) header4 {
	text, err := os.ReadFile(headerFile(name))
	if err != nil {
		return h
	}
	var from, to, kind string
	fmt.Sscanf(string(text), "%d %d %s %s %s", &h.probes, &h.resize, &from, &to, &kind)
	if kind == "iptreemap" {
		h.kind = kind
	}
	if from != "-" {
		h.from, h.to = from, to
	}
	return h
}

// A set that is there.
type set4 struct {
	name    string
	header  header4
	members []string
}

type ipset4 struct {
	*tool
	quiet bool
}

// Ends with the words of a failure; 2: the command was wrong, 1: all else.
func (s *ipset4) fail(code int, format string, all ...any) {
	words := fmt.Sprintf("ipset v%s: ", s.version) + fmt.Sprintf(format, all...) + "\n"
	if code == 2 {
		words += help4
	}
	if s.quiet {
		words = ""
	}
	finish("", words, code)
}

const help4 = "Try `ipset -H' or 'ipset --help' for more information.\n"

var longs4 = map[string]string{
	"--create": "-N", "--destroy": "-X", "--flush": "-F", "--rename": "-E", "--swap": "-W", "--list": "-L", "--save": "-S", "--restore": "-R", "--add": "-A",
	"--del": "-D", "--test": "-T", "--help": "-H", "--version": "-V", "--sorted": "-s", "--numeric": "-n", "--resolve": "-r", "--quiet": "-q", "-h": "-H", "-v": "-V",
}

// A command of 4.5, understood.
type command4 struct {
	command    string
	name, word string
	header     header4
}

// Reads a command. Nothing is done yet.
func (s *ipset4) parse(args []string) (c command4) {
	for at := 0; at < len(args); at++ {
		arg := args[at]
		name := arg
		if short, known := longs4[name]; known {
			name = short
		}
		value := func() string {
			at++
			if at >= len(args) {
				s.fail(2, "Unknown arg `%s'", arg)
			}
			return args[at]
		}
		optional := func() string {
			if at+1 < len(args) && !strings.HasPrefix(args[at+1], "-") {
				at++
				return args[at]
			}
			return ""
		}
		switch name {
		case "-N", "-X", "-F", "-L", "-S", "-R", "-E", "-W", "-A", "-D", "-T", "-H":
			if c.command != "" {
				s.fail(2, "Can't use %s with %s\n", c.command, name)
			}
			c.command = name
		}
		switch name {
		case "-V":
			finish(fmt.Sprintf("ipset v%s, protocol version 4.\nKernel module protocol version 4.\n", s.version), "", 0)
		case "-N":
			c.name = s.checked(value())
			kind := optional()
			if kind == "" {
				s.fail(2, "-N requires setname and settype")
			}
			own, known := types4[kind]
			if !known {
				s.fail(2, "Couldn't load settype `%s':/usr/local/lib/ipset/libipset_%s.so: cannot open shared object file: No such file or directory\n", kind, kind)
			}
			c.header = header4{kind: kind, hashsize: 1024, probes: own.probes, resize: 50, size: 8}
			at = s.options(args, at+1, &c.header) - 1
		case "-X", "-F", "-L", "-S":
			c.name = s.checked(optional())
		case "-E", "-W", "-A", "-D", "-T":
			c.name = s.checked(value())
			c.word = optional()
			if c.word == "" {
				s.fail(2, "%s requires setname and %s", name, map[bool]string{true: "new set name", false: "IP"}[name == "-E" || name == "-W"])
			}
		case "-R", "-s", "-n", "-r":
		case "-H":
			finish(fmt.Sprintf("ipset v%s\n\nUsage: ipset -N new-set settype [options]\n       ipset -[XFLSH] [set] [options]\n"+
				"       ipset -[EW] from-set to-set\n       ipset -[ADT] set IP\n       ipset -R\n       ipset -v\n       ipset -h (print this help information)\n", s.version), "", 0)
		case "-q":
			s.quiet = true
		default:
			if !strings.HasPrefix(arg, "-") {
				finish(fmt.Sprintf("Bad argument `%s'\n", arg), help4, 2)
			}
			// Of several letters, getopt has not moved on yet: the word before is named.
			if len(arg) > 2 && arg[1] != '-' {
				arg = "ipset"
				if at > 0 {
					arg = args[at-1]
				}
			}
			s.fail(2, "Unknown arg `%s'", arg)
		}
	}
	if c.command == "" {
		s.fail(2, "no command specified")
	}
	return c
}

func (s *ipset4) checked(name string) string {
	if len(name) > 31 {
		s.fail(2, "Setname '%s' too long, max 31 characters.", name)
	}
	return name
}

// The options of -N, from `at` on; where they end.
func (s *ipset4) options(args []string, at int, h *header4) int {
	own := types4[h.kind]
	network, from, to := false, false, false
	for ; at < len(args); at++ {
		name := args[at]
		if name == "-q" || name == "--quiet" {
			s.quiet = true
			continue
		}
		known := (own.probes > 0 && (name == "--hashsize" || name == "--probes" || name == "--resize")) ||
			(own.ranged && (name == "--from" || name == "--to" || (name == "--network" && h.kind != "portmap"))) ||
			(own.netmask && name == "--netmask") || (h.kind == "setlist" && name == "--size")
		if !known {
			if !strings.HasPrefix(name, "-") {
				finish(fmt.Sprintf("Bad argument `%s'\n", name), help4, 2)
			}
			s.fail(2, "Unknown arg `%s'", name)
		}
		at++
		if at >= len(args) {
			s.fail(2, "Unknown arg `%s'", name)
		}
		value := args[at]
		count := func(least, most int) int {
			n, err := strconv.Atoi(value)
			if err != nil || n < least || n > most {
				s.fail(2, "Invalid %s `%s' specified", strings.TrimPrefix(name, "--"), value)
			}
			return n
		}
		switch name {
		case "--hashsize":
			h.hashsize = count(1, 1<<31-1)
		case "--probes":
			h.probes = count(1, 65535)
		case "--resize":
			h.resize = count(0, 65535)
		case "--netmask":
			h.netmask = count(1, 32)
		case "--size":
			h.size = count(1, 255)
		case "--from", "--to":
			if h.kind == "portmap" {
				count(0, 65535)
			} else {
				s.ip(value)
			}
			if name == "--from" {
				h.from, from = value, true
			} else {
				h.to, to = value, true
			}
		case "--network":
			network = true
			text, mask, _ := strings.Cut(value, "/")
			bits, err := strconv.Atoi(mask)
			if dotted := net.ParseIP(mask).To4(); dotted != nil {
				bits, _ = net.IPMask(dotted).Size()
			} else if err != nil || bits < 0 || bits > 32 {
				s.fail(2, "invalid mask `%s' specified", mask)
			}
			first := s.ip(text) & uint32(0xFFFFFFFF<<(32-bits))
			h.from, h.to = dotted4(first), dotted4(first|^uint32(0xFFFFFFFF<<(32-bits)))
		}
	}
	if own.ranged {
		switch {
		case network && (from || to):
			s.fail(2, "Can't specify --from or --to with --network\n")
		case !network && !from && !to:
			s.fail(2, "Need to specify --from and --to, or --network\n")
		case !network && from != to:
			s.fail(2, "Need to specify both --from and --to\n")
		}
		if h.kind != "portmap" {
			first, last := s.ip(h.from), s.ip(h.to)
			if first > last {
				s.fail(2, "From can't be higher than to.\n")
			}
			if last-first > 65535 {
				s.fail(2, "Range too large. Max is 65536 IPs in range\n")
			}
		}
	}
	return at
}

func dotted4(ip uint32) string {
	return net.IPv4(byte(ip>>24), byte(ip>>16), byte(ip>>8), byte(ip)).String()
}

// An address; anything else is a name that cannot be found.
func (s *ipset4) ip(text string) uint32 {
	if ip := net.ParseIP(text).To4(); ip != nil && !strings.Contains(text, ":") {
		return binary.BigEndian.Uint32(ip)
	}
	s.fail(2, "host/network `%s' not found", text)
	return 0
}

// A member as the program below has it; several where it needs several.
func (s *ipset4) member(h header4, text, command string) []string {
	switch h.kind {
	case "iphash", "ipmap":
		ip := s.ip(text)
		if h.kind == "ipmap" {
			s.inside(h, ip)
		}
		return []string{dotted4(ip)}
	case "nethash":
		address, cidr, has := strings.Cut(text, "/")
		if !has {
			if command == "-T" {
				return []string{dotted4(s.ip(address))}
			}
			s.fail(2, "Missing cidr from `%s'", text)
		}
		if bits, err := strconv.Atoi(cidr); err != nil || bits < 1 || bits > 31 {
			s.fail(2, "Out of range cidr `%s' specified", text)
		}
		return []string{dotted4(s.ip(address)) + "/" + cidr}
	case "ipporthash":
		address, port, has := strings.Cut(strings.NewReplacer(":", ",", "%", ",").Replace(text), ",")
		if strings.ContainsAny(text, ":%") {
			fmt.Fprint(os.Stderr, "Warning: please use ',' separator token between ip,port.\nNext release won't support old separator tokens.\n")
		}
		ip := s.ip(address)
		if !has {
			s.fail(2, "IP address and port must be specified: ip,port")
		}
		if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
			s.fail(2, "Invalid TCP port `%s' specified", port)
		}
		s.inside(h, ip)
		// A port of 4.5 is one of both protocols.
		return []string{dotted4(ip) + ",tcp:" + port, dotted4(ip) + ",udp:" + port}
	case "iptreemap":
		if command == "-T" {
			return []string{dotted4(s.rangeOf(text).first)}
		}
		return s.rangeOf(text).networks()
	case "macipmap":
		address, mac, has := strings.Cut(strings.NewReplacer("%", ",").Replace(text), ",")
		s.inside(h, s.ip(address))
		if has {
			return []string{address + "," + mac}
		}
		return []string{address}
	}
	return []string{strings.ReplaceAll(strings.ReplaceAll(text, ",before,", " before "), ",after,", " after ")}
}

func (s *ipset4) inside(h header4, ip uint32) {
	if first, last := s.ip(h.from), s.ip(h.to); ip < first || ip > last {
		s.fail(1, "IP/port/element is outside of the set or set is full")
	}
}

// The sets that are there, or the one that is named.
func (s *ipset4) sets(name string) []set4 {
	args := []string{"save"}
	if name != "" {
		args = append(args, name)
	}
	text, stderr, code := s.run(s.program, "ipset", args, "")
	if code != 0 {
		s.below(stderr, "")
	}
	var all []set4
	for _, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) > 2 && words[0] == "create":
			h, own := headerOf(words)
			if own {
				h = keptHeader(words[1], h)
			}
			all = append(all, set4{name: words[1], header: h})
		case len(words) > 2 && words[0] == "add":
			last := &all[len(all)-1]
			member := words[2]
			switch last.header.kind {
			case "ipporthash":
				if strings.Contains(member, ",udp:") {
					continue
				}
				member = strings.Replace(member, ",tcp:", ",", 1)
			case "nethash":
				if !strings.Contains(member, "/") {
					member += "/32"
				}
			}
			last.members = append(last.members, member)
		}
	}
	for i, set := range all {
		if set.header.kind == "iptreemap" {
			all[i].members = nil
			for _, each := range s.rangesOf(set.members) {
				all[i].members = append(all[i].members, each.String())
			}
		}
	}
	return all
}

// Ends with a failure of the program below, in 4.5's words.
func (s *ipset4) below(text, command string) {
	for _, each := range []struct{ command, below, words string }{
		{"-E", "already exists", "Set with new name already exists"},
		{"", "already exists", "Set already exists"},
		{"", "in use by a kernel component", "Set is in use, operation not permitted"},
		{"", "type does not match", "Sets with different types cannot be swapped"},
		{"", "Set to be added/deleted/tested as element does not exist", "Set specified as element does not exist"},
		{"", "does not exist", "Unknown set"},
		{"", "Operation not permitted", "Missing capability"},
		{"", "out of the range", "IP/port/element is outside of the set or set is full"},
		{"", "is full", "IP/port/element is outside of the set or set is full"},
	} {
		if (each.command == "" || each.command == command) && strings.Contains(text, each.below) {
			s.fail(1, "%s", each.words)
		}
	}
	s.fail(1, "Error from kernel: %s", strings.TrimSpace(ipsetVersion.ReplaceAllString(text, "")))
}

func (t *tool) ipset4(args []string) {
	s := &ipset4{tool: t}
	c := s.parse(args)
	below := func(args ...string) string {
		stdout, stderr, code := s.run(s.program, "ipset", args, "")
		if code != 0 {
			s.below(stderr, c.command)
		}
		return stdout
	}
	switch c.command {
	case "-N":
		s.room(1)
		below(append([]string{"create", c.name}, strings.Fields(c.header.below())...)...)
		keepHeader(c.name, c.header)
	case "-X", "-F":
		args := []string{map[string]string{"-X": "destroy", "-F": "flush"}[c.command]}
		if c.name != "" {
			args = append(args, c.name)
		}
		below(args...)
		if c.command == "-X" && c.name != "" {
			os.Remove(headerFile(c.name))
		}
	case "-E", "-W":
		below(map[string]string{"-E": "rename", "-W": "swap"}[c.command], c.name, c.word)
		from, to := headerFile(c.name), headerFile(c.word)
		if c.command == "-E" {
			os.Rename(from, to)
		} else if os.Rename(from, from+".swapped") == nil {
			os.Rename(to, from)
			os.Rename(from+".swapped", to)
		}
	case "-S":
		stamp := time.Now().Format("Mon Jan _2 15:04:05 2006")
		out := fmt.Sprintf("# Generated by ipset %s on %s\n", s.version, stamp)
		for _, set := range s.sets(c.name) {
			out += fmt.Sprintf("-N %s %s%s\n", set.name, set.header.kind, set.header.options())
			for _, member := range set.members {
				out += fmt.Sprintf("-A %s %s\n", set.name, member)
			}
		}
		finish(out+"COMMIT\n# Completed on "+stamp+"\n", "", 0)
	case "-L":
		out := ""
		for _, set := range s.sets(c.name) {
			out += fmt.Sprintf("Name: %s\nType: %s\nReferences: %s\nHeader:%s\nMembers:\n", set.name, set.header.kind, s.references(set.name), set.header.listed())
			for _, member := range set.members {
				out += member + "\n"
			}
			out += "\n"
		}
		finish(out, "", 0)
	case "-R":
		s.restore()
	case "-A", "-D", "-T":
		set := s.headerNamed(c.name)
		if set.kind == "iptreemap" && c.command != "-T" {
			s.changeTreemap(c)
			break
		}
		verb := map[string]string{"-A": "add", "-D": "del", "-T": "test"}[c.command]
		for i, member := range s.member(set, c.word, c.command) {
			_, stderr, code := s.run(s.program, "ipset", append([]string{verb, c.name}, strings.Fields(member)...), "")
			if i > 0 {
				break
			}
			switch {
			case c.command == "-T" && code == 0:
				s.tell("%s is in set %s.\n", 0, c.word, c.name)
			case c.command == "-T" && strings.Contains(stderr, "is NOT in set"):
				s.tell("%s is NOT in set %s.\n", 1, c.word, c.name)
			case code != 0 && strings.Contains(stderr, "already added"):
				s.fail(1, "%s is already in set %s.", c.word, c.name)
			case code != 0 && strings.Contains(stderr, "not added"):
				s.fail(1, "%s is not in set %s.", c.word, c.name)
			case code != 0:
				s.below(stderr, c.command)
			}
		}
	}
	finish("", "", 0)
}

func (s *ipset4) tell(format string, code int, all ...any) {
	if s.quiet {
		finish("", "", code)
	}
	finish(fmt.Sprintf(format, all...), "", code)
}

// Ends if there is no room for more sets.
func (s *ipset4) room(more int) map[string]bool {
	text, stderr, code := s.run(s.program, "ipset", []string{"list", "-n"}, "")
	if code != 0 {
		s.below(stderr, "")
	}
	names := map[string]bool{}
	for _, name := range strings.Fields(text) {
		names[name] = true
	}
	if len(names)+more > maxSets4 {
		s.fail(1, "No free slot remained to add a new set")
	}
	return names
}

func (s *ipset4) headerNamed(name string) header4 {
	text, stderr, code := s.run(s.program, "ipset", []string{"list", "-t", name}, "")
	if code != 0 {
		s.below(stderr, "")
	}
	create := []string{"create", name}
	for _, line := range strings.Split(text, "\n") {
		key, value, _ := strings.Cut(line, ": ")
		if key == "Type" || key == "Header" {
			create = append(create, strings.Fields(value)...)
		}
	}
	h, _ := headerOf(create)
	return keptHeader(name, h)
}

func (s *ipset4) references(name string) string {
	text, _, _ := s.run(s.program, "ipset", []string{"list", "-t", name}, "")
	for _, line := range strings.Split(text, "\n") {
		if count, own := strings.CutPrefix(line, "References: "); own {
			return count
		}
	}
	return "0"
}

// Restores what -S prints: whole sets, that are not there yet, each with its members behind it, and COMMIT at the end.
func (s *ipset4) restore() {
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		s.fail(1, "%v", err)
	}
	lines := strings.Split(string(input), "\n")
	committed, name := false, ""
	for i, line := range lines {
		words := strings.Fields(line)
		if len(words) == 0 || line[0] == '#' {
			continue
		}
		if line == "COMMIT" {
			lines, committed = lines[:i], true
			break
		}
		switch {
		case words[0] != "-N" && words[0] != "-A":
			s.fail(2, "Line %d does not start as a valid restore command\n", i+1)
		case len(words) < 2:
			s.fail(2, "Missing set name in line %d\n", i+1)
		case words[0] == "-N" && len(words) < 3:
			s.fail(2, "Missing settype in line %d\n", i+1)
		case words[0] == "-N":
			name = words[1]
		case words[1] != name:
			s.fail(2, "Add IP to set %s in line %d without preceding corresponding create set line\n", words[1], i+1)
		}
	}
	if !committed {
		s.fail(2, "Missing COMMIT line\n")
	}
	there := s.room(0)
	var below strings.Builder
	var made []string
	var header header4
	headers := map[string]header4{}
	at := []int{}
	for i, line := range lines {
		words := strings.Fields(line)
		if len(words) == 0 || line[0] == '#' {
			continue
		}
		c := s.parse(words)
		if c.command == "-N" {
			if there[c.name] {
				s.fail(2, "Set %s is already defined, cannot be restored", c.name)
			}
			if len(there) >= maxSets4 {
				s.fail(2, "Set %s cannot be restored, max number of set %d reached", c.name, maxSets4)
			}
			there[c.name] = true
			header = c.header
			made = append(made, c.name)
			headers[c.name] = header
			fmt.Fprintf(&below, "create %s %s\n", c.name, header.below())
			at = append(at, i+1)
			continue
		}
		for _, member := range s.member(header, c.word, "-A") {
			fmt.Fprintf(&below, "add %s %s\n", c.name, member)
			at = append(at, i+1)
		}
	}
	if _, stderr, code := s.run(s.program, "ipset", []string{"restore"}, below.String()); code != 0 {
		for i := len(made) - 1; i >= 0; i-- {
			s.run(s.program, "ipset", []string{"destroy", made[i]}, "")
		}
		line := 0
		if found := regexp.MustCompile(`in line (\d+)`).FindStringSubmatch(stderr); found != nil {
			n, _ := strconv.Atoi(found[1])
			if n > 0 && n <= len(at) {
				line = at[n-1]
			}
		}
		s.fail(2, "Committing restoring failed at line %d!", line)
	}
	for name, h := range headers {
		keepHeader(name, h)
	}
	finish("", "", 0)
}
