package main

import (
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

// What ebtables 2.0.9 knows, besides extensions. 2.0.10 has more.
const ebOptions = `-A --append -D --delete -I --insert -C --change-counters -P --policy -F --flush -Z --zero -L --list -N --new-chain -X --delete-chain
-E --rename-chain -V --version -h --help --init-table --atomic-init --atomic-save --atomic-commit --atomic-file --Lx --Ln --Lc --Lmac2 --set-counters -c
-t --table -M --modprobe -p --proto --protocol -s --source --src -d --destination --dst -i --in-interface --in-if -o --out-interface --out-if
--logical-in --logical-out -j --jump
--802_3-sap --802_3-type --among-src --among-dst --among-src-file --among-dst-file
--arp-op --arp-opcode --arp-htype --arp-ptype --arp-ip-src --arp-ip-dst --arp-mac-src --arp-mac-dst --arp-gratuitous
--ip-source --ip-src --ip-destination --ip-dst --ip-tos --ip-protocol --ip-proto --ip-source-port --ip-sport --ip-destination-port --ip-dport
--ip6-source --ip6-src --ip6-destination --ip6-dst --ip6-tclass --ip6-protocol --ip6-proto --ip6-source-port --ip6-sport --ip6-destination-port --ip6-dport
--limit --limit-burst --mark --pkttype-type --vlan-id --vlan-prio --vlan-encap
--stp-type --stp-flags --stp-root-prio --stp-root-addr --stp-root-cost --stp-sender-prio --stp-sender-addr --stp-port --stp-msg-age --stp-max-age
--stp-hello-time --stp-forward-delay
--log --log-level --log-prefix --log-ip --log-ip6 --log-arp --ulog --ulog-prefix --ulog-nlgroup --ulog-cprange --ulog-qthreshold
--nflog --nflog-group --nflog-prefix --nflog-range --nflog-threshold
--arpreply-mac --arpreply-target --to-destination --to-dst --dnat-target --to-source --to-src --snat-target --snat-arp
--mark-set --set-mark --mark-or --mark-and --mark-xor --mark-target --redirect-target`

func (t *tool) ebKnows(option string) bool {
	for _, each := range strings.Fields(ebOptions) {
		if each == option {
			return true
		}
	}
	return t.version != "2.0.9" && (option == "--ip6-icmp-type" || option == "--concurrent")
}

// Ends as ebtables does.
func ebFail(format string, all ...any) { finish("", fmt.Sprintf(format, all...)+".\n", 255) }

// What this version refuses that today's takes; "" if it takes it.
func (t *tool) ebRefusal(args []string) string {
	bridgeGroup, stp := false, false
	chain, target := "", ""
	for i, arg := range args {
		if i+1 < len(args) {
			switch arg {
			case "-A", "--append", "-I", "--insert":
				chain = args[i+1]
			case "-j", "--jump":
				target = args[i+1]
			}
		}
		if len(arg) > 1 && arg[0] == '-' && !number.MatchString(arg[1:]) && !t.ebKnows(arg) {
			return fmt.Sprintf("Unknown argument: '%s'", arg)
		}
		stp = stp || strings.HasPrefix(arg, "--stp-")
		if (arg == "-d" || arg == "--dst" || arg == "--destination") && i+1 < len(args) {
			to := strings.ToLower(args[i+1])
			bridgeGroup = to == "bga" || to == "01:80:c2:00:00:00" || to == "1:80:c2:0:0:0"
		}
	}
	if stp && !bridgeGroup {
		return "STP matching is only valid when the destination MAC address is the bridge group address (BGA) 01:80:c2:00:00:00"
	}
	if target == "RETURN" && ebBuiltIn[chain] {
		return "Return target only for user defined chains"
	}
	return ""
}

var ebBuiltIn = map[string]bool{"INPUT": true, "FORWARD": true, "OUTPUT": true, "PREROUTING": true, "POSTROUTING": true, "BROUTING": true}

func (t *tool) ebtables(args []string) {
	switch t.name {
	case "ebtables-save":
		t.ebtablesSave()
	case "ebtables-restore":
		t.ebtablesRestore(args)
	}
	if refused := t.ebRefusal(args); refused != "" {
		ebFail("%s", refused)
	}
	table, file, action := "filter", "", ""
	counted, listing, deleting := false, false, false
	var rest []string
	for i := 0; i < len(args); i++ {
		value := func() string {
			i++
			if i < len(args) {
				return args[i]
			}
			return ""
		}
		switch arg := args[i]; arg {
		case "-V", "--version":
			full := map[string]string{"2.0.9": "v2.0.9-1 (June 2009)", "2.0.10": "v2.0.10-4 (December 2011)"}[t.version]
			finish("ebtables "+full+"\n", "", 0)
		case "-t", "--table":
			table = value()
			rest = append(rest, "-t", table)
		case "--atomic-file":
			file = value()
		case "--atomic-save", "--atomic-init", "--atomic-commit":
			action = arg
		case "--concurrent":
		default:
			counted = counted || arg == "--Lc"
			listing = listing || arg == "-L" || arg == "--list"
			deleting = deleting || arg == "-D" || arg == "--delete"
			rest = append(rest, arg)
		}
	}
	if table != "filter" && table != "nat" && table != "broute" {
		ebFail("Bad table name '%s'", table)
	}
	loadTable(table)
	if file == "" {
		file = os.Getenv("EBTABLES_ATOMIC_FILE")
	}
	if action != "" {
		t.ebAtomic(action, table, file)
	}
	if file != "" {
		finish("", "ebtables (a stand-in): of --atomic-file, only --atomic-init, --atomic-save and --atomic-commit are here\n", 1)
	}
	stdout, stderr, code := t.run(t.program, "ebtables", rest, "")
	if code != 0 {
		finish("", t.ebSaid(stderr, table, rest, deleting), 255)
	}
	if listing {
		stdout = t.ebListed(table, stdout, !counted)
	}
	finish(stdout, stderr, code)
}

// The words of a failure. Today's are shorter, and some differ.
func (t *tool) ebSaid(text, table string, args []string, deleting bool) string {
	chain := ""
	for i, arg := range args {
		if i+1 < len(args) && strings.Contains(" -A -D -I -F -L -X -N -P -Z -E ", " "+arg+" ") {
			chain = args[i+1]
		}
	}
	switch {
	case strings.Contains(text, "CHAIN_DEL failed (Device or resource busy)"):
		return t.ebReferenced(table, chain)
	case strings.Contains(text, "Index of deletion too big"):
		return "Sorry, wrong rule numbers.\n"
	case strings.Contains(text, "Policy RETURN only allowed"):
		return "Policy RETURN only allowed for user defined chains.\n"
	case ebNoTarget.MatchString(text):
		return ebNoTarget.ReplaceAllString(strings.SplitN(text, "\n", 2)[0], "Illegal target name '$1'.\n")
	case deleting && strings.Contains(text, "Bad rule"):
		return "Sorry, rule does not exist.\n"
	case strings.Contains(text, "Chain already exists"):
		return fmt.Sprintf("Chain %s already exists.\n", chain)
	case strings.Contains(text, "No chain/target/match by that name"), strings.Contains(text, "is incompatible, use 'nft' tool"):
		return fmt.Sprintf("Chain '%s' doesn't exist.\n", chain)
	}
	return ebVersion.ReplaceAllString(text, "")
}

var ebNoTarget = regexp.MustCompile(`.*Chain '([^']*)' does not exist.*`)

// Why a chain cannot go, with the first rule that leads to it.
func (t *tool) ebReferenced(table, chain string) string {
	text, _, _ := t.run(t.program, "ebtables", []string{"-t", table, "-L"}, "")
	from, rule := "", 0
	for _, line := range strings.Split(text, "\n") {
		if found := ebChain.FindStringSubmatch(line); found != nil {
			from, rule = found[1], 0
		} else if line != "" && from != "" {
			if strings.HasSuffix(" "+strings.TrimRight(line, " "), " -j "+chain) {
				break
			}
			rule++
		}
	}
	return fmt.Sprintf("Can't delete the chain '%s', it's referenced in chain '%s', rule %d.\n", chain, from, rule)
}

// A listing with the true policies: today's tool says RETURN of every chain of a user's, and only its save says the truth.
func (t *tool) ebPolicies(table, text string) string {
	if !strings.HasPrefix(t.program, "xtables-nft") {
		return text
	}
	saved, _, _ := t.run(t.program, "ebtables-save", nil, "")
	policies, on := map[string]string{}, false
	for _, line := range strings.Split(saved, "\n") {
		if strings.HasPrefix(line, "*") {
			on = line == "*"+table
		} else if words := strings.Fields(line); on && len(words) == 2 && strings.HasPrefix(line, ":") {
			policies[words[0][1:]] = words[1]
		}
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if found := ebChain.FindStringSubmatch(line); found != nil && policies[found[1]] != "" {
			lines[i] = strings.TrimSuffix(line, found[2]) + policies[found[1]]
		}
	}
	return strings.Join(lines, "\n")
}

var ebVersion = regexp.MustCompile(`ebtables v\d\S+ \((?:nf_tables|legacy)\): *`)

// Asking for a table loads it. Where /sys/module is the host's own, it shows.
func loadTable(table string) {
	os.Mkdir("/sys/module/ebtable_"+table, 0o755)
}

// A listing in this version's spelling. Rules end in a blank where no counters follow.
func (t *tool) ebListed(table, text string, blank bool) string {
	lines := strings.Split(t.ebPolicies(table, text), "\n")
	for i, line := range lines {
		if line == "" || strings.HasPrefix(line, "Bridge ") {
			continue
		}
		lines[i] = t.ebSpelt(line)
		if blank {
			lines[i] += " "
		}
	}
	return strings.Join(lines, "\n")
}

// One rule of a listing.
func (t *tool) ebSpelt(line string) string {
	all := strings.Fields(line)
	if number.MatchString(all[0]) {
		all[0] += "."
	}
	for i := 1; i < len(all); i++ {
		before := all[i-1]
		if before == "!" && i > 1 {
			before = all[i-2]
		}
		switch before {
		case "-s", "-d", "--arp-mac-src", "--arp-mac-dst":
			if all[i] != "!" {
				all[i] = shortMacs(all[i])
			}
		case "--among-src", "--among-dst":
			if all[i] != "!" {
				all[i] = shortMacs(strings.TrimSuffix(all[i], ",")) + ","
			}
		case "--vlan-encap", "--arp-ptype":
			all[i] = ethertype(all[i])
		case "--ip6-src", "--ip6-dst":
			if all[i] != "!" {
				all[i] = fullMask(all[i])
			}
		}
	}
	return strings.Join(all, " ")
}

var hexadecimal = regexp.MustCompile(`\b0([0-9a-fA-F])\b`)

func shortMacs(text string) string {
	// Of "MAC=IP", only the MAC.
	parts := strings.Split(text, ",")
	for i, part := range parts {
		mac, ip, has := strings.Cut(part, "=")
		parts[i] = hexadecimal.ReplaceAllString(mac, "$1")
		if has {
			parts[i] += "=" + ip
		}
	}
	return strings.Join(parts, ",")
}

// Names of the host's own /etc/ethertypes, for a number in hexadecimal.
func ethertype(text string) string {
	value, err := strconv.ParseUint(strings.TrimPrefix(text, "0x"), 16, 16)
	if err != nil {
		return text
	}
	file, err := os.ReadFile("/etc/ethertypes")
	if err != nil {
		return text
	}
	for _, line := range strings.Split(string(file), "\n") {
		words := strings.Fields(strings.SplitN(line, "#", 2)[0])
		if len(words) > 1 {
			if number, err := strconv.ParseUint(words[1], 16, 32); err == nil && number == value {
				return words[0]
			}
		}
	}
	return text
}

// An IPv6 address always has its mask, and that is written out.
func fullMask(text string) string {
	address, length, has := strings.Cut(text, "/")
	bits := 128
	if has {
		var err error
		if bits, err = strconv.Atoi(length); err != nil {
			return text
		}
	}
	return address + "/" + net.IP(net.CIDRMask(bits, 128)).String()
}

// The tables that are loaded, as the Perl script prints them.
func (t *tool) ebtablesSave() {
	cnt := []string{"-L"}
	if os.Getenv("EBTABLES_SAVE_COUNTER") == "yes" {
		cnt = append(cnt, "--Lc")
	}
	out := "# Generated by ebtables-save v1.0 on " + time.Now().Format("Mon Jan _2 15:04:05 MST 2006") + "\n"
	for _, table := range []string{"nat", "filter", "broute"} {
		if _, err := os.Stat("/sys/module/ebtable_" + table); err != nil {
			continue
		}
		text, stderr, code := t.run(t.program, "ebtables", append([]string{"-t", table}, cnt...), "")
		if code != 0 {
			finish(out, stderr, 255)
		}
		out += ebSaved(table, t.ebListed(table, text, false)) + "\n"
	}
	finish(out, "", 0)
}

var ebChain = regexp.MustCompile(`^Bridge chain: (.*?), entries:.* policy: (.*)`)
var ebCounters = regexp.MustCompile(`, pcnt = (\d+) -- bcnt = (\d+)`)

// A listing as text for a restore.
func ebSaved(table, text string) string {
	chain, chains, rules := "", "", ""
	for _, line := range strings.Split(text, "\n") {
		if found := ebChain.FindStringSubmatch(line); found != nil {
			chain = found[1]
			chains += fmt.Sprintf(":%s %s\n", found[1], found[2])
		} else if line != "" && !strings.HasPrefix(line, "Bridge table:") {
			rules += fmt.Sprintf("-A %s %s\n", chain, ebCounters.ReplaceAllString(strings.TrimRight(line, " "), "-c $1 $2"))
		}
	}
	return "*" + table + "\n" + chains + rules
}

const atomicHead = "# a table of a lab host, in place of the kernel's binary\n"

// A file that holds a table. The real one is binary; nobody but ebtables reads it.
func (t *tool) ebAtomic(action, table, file string) {
	if file == "" {
		ebFail("No atomic file specified")
	}
	own := func(name string, args []string, input string) string {
		program := t.program
		if name == "ebtables-restore" && strings.HasPrefix(program, "ebtables-legacy") {
			program += "-restore"
		}
		stdout, stderr, code := t.run(program, name, args, input)
		if code != 0 {
			finish("", stderr, 255)
		}
		return stdout
	}
	switch action {
	case "--atomic-save":
		text := ebSaved(table, t.ebPolicies(table, own("ebtables", []string{"-t", table, "-L", "--Lc"}, "")))
		if err := os.WriteFile(file, []byte(atomicHead+text), 0o600); err != nil {
			ebFail("Couldn't create file %s", file)
		}
	case "--atomic-init":
		chains := map[string]string{"nat": "PREROUTING OUTPUT POSTROUTING", "filter": "INPUT FORWARD OUTPUT", "broute": "BROUTING"}[table]
		text := "*" + table + "\n"
		for _, chain := range strings.Fields(chains) {
			text += ":" + chain + " ACCEPT\n"
		}
		if err := os.WriteFile(file, []byte(atomicHead+text), 0o600); err != nil {
			ebFail("Couldn't create file %s", file)
		}
	case "--atomic-commit":
		text, err := os.ReadFile(file)
		if err != nil || !strings.HasPrefix(string(text), atomicHead+"*"+table+"\n") {
			ebFail("Could not open file %s", filepath.Base(file))
		}
		own("ebtables-restore", nil, string(text))
	}
	finish("", "", 0)
}

// Whole tables, each delivered once the next begins or the text ends. There are no options.
func (t *tool) ebtablesRestore(args []string) {
	if len(args) > 0 {
		ebFail("ebtables-restore: line 0: options are not supported")
	}
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		ebFail("ebtables-restore (a stand-in): %v", err)
	}
	program := t.program
	if strings.HasPrefix(program, "ebtables-legacy") {
		program += "-restore"
	}
	table := ""
	deliver := func() {
		if table == "" {
			return
		}
		name, _, _ := strings.Cut(table[1:], "\n")
		loadTable(name)
		if _, stderr, code := t.run(program, "ebtables-restore", nil, table); code != 0 {
			finish("", ebVersion.ReplaceAllString(stderr, ""), 255)
		}
		table = ""
	}
	for i, line := range strings.Split(string(input), "\n") {
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '*':
			deliver()
			if line != "*filter" && line != "*nat" && line != "*broute" {
				ebFail("ebtables-restore: line %d: table '%s' was not recognized", i+1, line[1:])
			}
			table = line + "\n"
		case table == "":
			ebFail("ebtables-restore: line %d: no table specified", i+1)
		case line[0] == ':':
			if words := strings.Fields(line); len(words) != 2 {
				ebFail("ebtables-restore: line %d: no policy specified", i+1)
			}
			table += line + "\n"
		default:
			all := words(line)
			if refused := t.ebRefusal(all); refused != "" {
				ebFail("%s", refused)
			}
			if all[0][0] != '-' {
				ebFail("Bad argument : '%s'", all[0])
			}
			table += line + "\n"
		}
	}
	deliver()
	finish("", "", 0)
}
