package main

import (
	"fmt"
	"strings"
)

// What an option is: how many words follow it, and what it is called below.
type option struct {
	words int
	below string
	// Inside of its words, "!" turns it around.
	inverts bool
}

type extension struct {
	options map[string]option
	// The kernel of this age does not speak this match's revision any more: understood, and refused by the kernel.
	kernel bool
}

func take(words int, names ...string) map[string]option {
	all := map[string]option{}
	for _, name := range names {
		all[name] = option{words: words, below: name, inverts: words > 0}
	}
	return all
}

func with(all ...map[string]option) map[string]option {
	out := map[string]option{}
	for _, each := range all {
		for name, o := range each {
			out[name] = o
		}
	}
	return out
}

var ports = take(1, "--sport", "--source-port", "--dport", "--destination-port")

// The matches of iptables and ip6tables 1.3.5. Kernels of 2.6.32 and later have no revision 0 of conntrack, mark and iprange.
var matches135 = map[string]map[string]extension{
	"iptables": {
		"tcp":       {options: with(ports, take(2, "--tcp-flags"), take(0, "--syn"), take(1, "--tcp-option"))},
		"udp":       {options: ports},
		"sctp":      {options: with(ports, take(2, "--chunk-types"))},
		"icmp":      {options: take(1, "--icmp-type")},
		"state":     {options: take(1, "--state")},
		"conntrack": {kernel: true, options: take(1, "--ctstate", "--ctproto", "--ctorigsrc", "--ctorigdst", "--ctreplsrc", "--ctrepldst", "--ctstatus", "--ctexpire")},
		"physdev": {options: with(take(1, "--physdev-in", "--physdev-out"),
			take(0, "--physdev-is-in", "--physdev-is-out", "--physdev-is-bridged"))},
		"multiport": {options: take(1, "--sports", "--source-ports", "--dports", "--destination-ports", "--ports")},
		"comment":   {options: plainly(take(1, "--comment"))},
		"limit":     {options: plainly(take(1, "--limit", "--limit-burst"))},
		"mac":       {options: take(1, "--mac-source")},
		"mark":      {kernel: true, options: take(1, "--mark")},
		"set":       {options: map[string]option{"--set": {words: 2, below: "--match-set", inverts: true}}},
		"connlimit": {options: take(1, "--connlimit-above", "--connlimit-mask")},
		"addrtype":  {options: take(1, "--src-type", "--dst-type")},
		"iprange":   {kernel: true, options: take(1, "--src-range", "--dst-range")},
		"pkttype":   {options: take(1, "--pkt-type")},
		"length":    {options: take(1, "--length")},
		"ttl":       {options: take(1, "--ttl-eq", "--ttl-lt", "--ttl-gt", "--ttl")},
		"helper":    {options: take(1, "--helper")},
		"recent": {options: with(take(0, "--set", "--rcheck", "--update", "--remove", "--rttl", "--rsource", "--rdest"),
			take(1, "--seconds", "--hitcount", "--name"))},
		"hashlimit": {options: take(1, "--hashlimit", "--hashlimit-burst", "--hashlimit-mode", "--hashlimit-name", "--hashlimit-htable-size",
			"--hashlimit-htable-max", "--hashlimit-htable-expire", "--hashlimit-htable-gcinterval")},
		"esp": {options: take(1, "--espspi")},
		"ah":  {options: take(1, "--ahspi")},
	},
	"ip6tables": {
		"tcp":    {options: with(ports, take(2, "--tcp-flags"), take(0, "--syn"), take(1, "--tcp-option"))},
		"udp":    {options: ports},
		"icmp6":  {options: take(1, "--icmpv6-type")},
		"icmpv6": {options: take(1, "--icmpv6-type")},
		"state":  {options: take(1, "--state")},
		"physdev": {options: with(take(1, "--physdev-in", "--physdev-out"),
			take(0, "--physdev-is-in", "--physdev-is-out", "--physdev-is-bridged"))},
		"multiport": {options: take(1, "--sports", "--source-ports", "--dports", "--destination-ports", "--ports")},
		"limit":     {options: plainly(take(1, "--limit", "--limit-burst"))},
		"mac":       {options: take(1, "--mac-source")},
		"mark":      {kernel: true, options: take(1, "--mark")},
		"length":    {options: take(1, "--length")},
		"hl":        {options: take(1, "--hl-eq", "--hl-lt", "--hl-gt")},
		"esp":       {options: take(1, "--espspi")},
		"frag":      {options: with(take(1, "--fragid", "--fraglen"), take(0, "--fragres", "--fragfirst", "--fragmore", "--fraglast"))},
	},
}

// The targets. Of those that are not here, a chain may have the name.
var targets135 = map[string]map[string]map[string]option{
	"iptables": {
		"ACCEPT": {}, "DROP": {}, "RETURN": {}, "QUEUE": {}, "NOTRACK": {}, "MASQUERADE": take(1, "--to-ports"),
		"REJECT":   plainly(take(1, "--reject-with")),
		"LOG":      with(plainly(take(1, "--log-prefix", "--log-level")), take(0, "--log-tcp-sequence", "--log-tcp-options", "--log-ip-options", "--log-uid")),
		"MARK":     plainly(take(1, "--set-mark")),
		"DNAT":     plainly(take(1, "--to-destination")),
		"SNAT":     plainly(take(1, "--to-source")),
		"REDIRECT": plainly(take(1, "--to-ports")),
		"TCPMSS":   with(plainly(take(1, "--set-mss")), take(0, "--clamp-mss-to-pmtu")),
	},
	"ip6tables": {
		"ACCEPT": {}, "DROP": {}, "RETURN": {}, "QUEUE": {},
		"REJECT": plainly(take(1, "--reject-with")),
		"LOG":    with(plainly(take(1, "--log-prefix", "--log-level")), take(0, "--log-tcp-sequence", "--log-tcp-options", "--log-ip-options", "--log-uid")),
		"MARK":   plainly(take(1, "--set-mark")),
	},
}

// Targets of today that 1.3.5 has no library for.
var newTargets = map[string]bool{
	"CT": true, "NFLOG": true, "TRACE": true, "AUDIT": true, "TEE": true, "TPROXY": true, "CHECKSUM": true, "SYNPROXY": true, "IDLETIMER": true, "LED": true,
	"RATEEST": true, "HMARK": true, "SECMARK": true, "CONNSECMARK": true, "NFQUEUE": true, "CONNMARK": true, "SET": true, "TOS": true, "DSCP": true,
}

// An option whose words do not turn around.
func plainly(all map[string]option) map[string]option {
	for name, o := range all {
		o.inverts = false
		all[name] = o
	}
	return all
}

// The options that belong to no extension: those of commands have a chain, and some may have more.
var shorts135 = map[string]string{
	"--append": "-A", "--delete": "-D", "--replace": "-R", "--insert": "-I", "--list": "-L", "--flush": "-F", "--zero": "-Z", "--new-chain": "-N",
	"--delete-chain": "-X", "--rename-chain": "-E", "--policy": "-P", "--source": "-s", "--src": "-s", "--destination": "-d", "--dst": "-d",
	"--protocol": "-p", "--in-interface": "-i", "--out-interface": "-o", "--jump": "-j", "--goto": "-g", "--match": "-m", "--table": "-t", "--numeric": "-n",
	"--verbose": "-v", "--exact": "-x", "--fragment": "-f", "--fragments": "-f", "--version": "-V", "--line-numbers": "--line-numbers",
	"--set-counters": "-c", "--modprobe": "--modprobe", "--help": "-h",
}

// A command of 1.3.5, understood.
type parsed struct {
	// "-A", and the chain that it is about.
	command, chain string
	// It is about a rule by its number.
	numbered bool
	// For the program below.
	args    []string
	target  string
	kernel  bool
	version bool
}

// Reads a command as 1.3.5 does, and says it anew for the program below.
func (t *tool) parse(given []string) (p parsed, refused *refusal) {
	v6 := t.family == "ip6tables"
	matches, targets := matches135[t.family], targets135[t.family]
	loaded := map[string]option{}
	load := func(options map[string]option) {
		for name, o := range options {
			loaded[name] = o
		}
	}
	inverted := false
	var protocol string
	multiport := false
	add := func(words ...string) {
		if inverted {
			p.args = append(p.args, "!")
			inverted = false
		}
		p.args = append(p.args, words...)
	}
	bad := func(format string, words ...any) (parsed, *refusal) {
		return p, &refusal{words: fmt.Sprintf(format, words...), code: 2, help: true}
	}
	args := clusters(given)
	at := 0
	// The word after an option.
	next := func(name string) (string, *refusal) {
		at++
		if at >= len(args) {
			return "", &refusal{words: fmt.Sprintf("Unknown arg `%s'", name), code: 2, help: true}
		}
		return args[at], nil
	}
	optional := func() (string, bool) {
		if at+1 < len(args) && args[at+1] != "!" && !strings.HasPrefix(args[at+1], "-") {
			at++
			return args[at], true
		}
		return "", false
	}
	for ; at < len(args); at++ {
		arg := args[at]
		if arg == "!" {
			if inverted {
				return bad("multiple consecutive ! not allowed")
			}
			inverted = true
			continue
		}
		if !strings.HasPrefix(arg, "-") || arg == "-" {
			return p, &refusal{words: fmt.Sprintf("Bad argument `%s'", arg), code: 2, help: true, plain: true}
		}
		name, value := arg, ""
		if strings.HasPrefix(arg, "--") {
			if cut := strings.Index(arg, "="); cut > 0 {
				name, value = arg[:cut], arg[cut+1:]
				args = append(args[:at+1], append([]string{value}, args[at+1:]...)...)
			}
			name = completed(name, loaded)
		}
		if short, known := shorts135[name]; known {
			if _, own := loaded[name]; !own {
				name = short
			}
		}
		if o, own := loaded[name]; own {
			values := []string{}
			for n := 0; n < o.words; n++ {
				word, r := next(arg)
				if r != nil {
					return p, r
				}
				if n == 0 && word == "!" && o.inverts {
					inverted = !inverted
					n--
					continue
				}
				values = append(values, word)
			}
			if (name == "--sports" || name == "--source-ports" || name == "--dports" || name == "--destination-ports" || name == "--ports") && v6 {
				for _, each := range strings.Split(values[0], ",") {
					if strings.Contains(each, ":") {
						return bad("invalid port/service `%s' specified", each)
					}
				}
			}
			// ip6tables counts a FIN as no reason against a SYN.
			if name == "--syn" && v6 {
				add("--tcp-flags", "SYN,RST,ACK", "SYN")
				continue
			}
			add(append([]string{o.below}, values...)...)
			continue
		}
		switch name {
		case "-A", "-N", "-D", "-I", "-R", "-P", "-E":
			chain, r := next(arg)
			if r != nil {
				return p, r
			}
			if len(chain) > 30 {
				return p, &refusal{words: fmt.Sprintf("chain name `%s' too long (must be under 30 chars)", chain), code: 2}
			}
			p.command, p.chain = name, chain
			add(name, chain)
			if name == "-D" || name == "-I" || name == "-R" || name == "-P" || name == "-E" {
				if word, more := optional(); more {
					p.numbered = true
					add(word)
				}
			}
		case "-L", "-F", "-Z", "-X":
			if p.command == "" {
				p.command = name
			}
			add(name)
			if chain, more := optional(); more {
				p.chain = chain
				add(chain)
			}
		case "-n", "-v", "-x", "--line-numbers":
			add(name)
		case "-f":
			if v6 {
				return bad("Unknown arg `%s'", arg)
			}
			add(name)
		case "-V":
			p.version = true
		case "-h":
			add(name)
		case "-c":
			packets, r := next(arg)
			if r != nil {
				return p, r
			}
			bytes, _ := optional()
			add("-c", packets, bytes)
		case "-t", "--modprobe":
			word, r := next(arg)
			if r != nil {
				return p, r
			}
			if name == "-t" {
				add(name, word)
			}
		case "-p", "-s", "-d", "-i", "-o":
			word, r := next(arg)
			if r == nil && word == "!" {
				inverted = !inverted
				word, r = next(arg)
			}
			if r != nil {
				return p, r
			}
			if name == "-p" {
				protocol = strings.ToLower(word)
				if own, has := matches[protocolMatch(protocol, v6)]; has && !inverted {
					load(own.options)
				}
			}
			add(name, word)
		case "-j", "-g":
			if name == "-g" && v6 {
				return bad("Unknown arg `%s'", arg)
			}
			target, r := next(arg)
			if r != nil {
				return p, r
			}
			options, built := targets[target]
			if !built && newTargets[target] {
				return p, t.unknown("target", target)
			}
			load(options)
			if !built {
				p.target = target
			}
			add(name, target)
		case "-m":
			match, r := next(arg)
			if r != nil {
				return p, r
			}
			own, known := matches[match]
			if !known {
				return p, t.unknown("match", match)
			}
			load(own.options)
			p.kernel = p.kernel || own.kernel
			multiport = multiport || match == "multiport"
			add(name, match)
		default:
			return bad("Unknown arg `%s'", arg)
		}
	}
	if multiport && protocol != "tcp" && protocol != "udp" && protocol != "6" && protocol != "17" {
		return bad("multiport only works with TCP or UDP")
	}
	if inverted {
		return bad("nothing appropriate following !")
	}
	return p, nil
}

// The library of a match or target that is not there.
func (t *tool) unknown(kind, name string) *refusal {
	library := map[string]string{"iptables": "libipt", "ip6tables": "libip6t"}[t.family]
	return &refusal{code: 2, help: true, words: fmt.Sprintf(
		"Couldn't load %s `%s':/lib/iptables/%s_%s.so: cannot open shared object file: No such file or directory\n", kind, name, library, name)}
}

// The match that comes with a protocol.
func protocolMatch(protocol string, v6 bool) string {
	switch protocol {
	case "6":
		return "tcp"
	case "17":
		return "udp"
	case "132":
		return "sctp"
	case "1":
		return "icmp"
	case "58", "ipv6-icmp", "icmpv6":
		return "icmp6"
	}
	return protocol
}

// "-nvL" as its single letters, and "-tnat" as two words.
func clusters(args []string) []string {
	var out []string
	for _, arg := range args {
		if len(arg) < 3 || arg[0] != '-' || arg[1] == '-' {
			out = append(out, arg)
			continue
		}
		for i := 1; i < len(arg); i++ {
			out = append(out, "-"+arg[i:i+1])
			if !strings.ContainsRune("nvxfVhLFZX", rune(arg[i])) && i+1 < len(arg) {
				out = append(out, arg[i+1:])
				break
			}
		}
	}
	return out
}

// A long option that is written in part, as getopt reads it.
func completed(name string, loaded map[string]option) string {
	if _, known := loaded[name]; known {
		return name
	}
	if _, known := shorts135[name]; known {
		return name
	}
	found := ""
	for _, all := range []func(func(string)){
		func(see func(string)) {
			for each := range loaded {
				see(each)
			}
		},
		func(see func(string)) {
			for each := range shorts135 {
				see(each)
			}
		},
	} {
		all(func(each string) {
			if strings.HasPrefix(each, name) {
				if found != "" && found != each && shorts135[found] != shorts135[each] {
					found = "?"
				} else if found != "?" {
					found = each
				}
			}
		})
	}
	if found == "" || found == "?" {
		return name
	}
	return found
}
