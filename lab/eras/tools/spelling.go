package main

import (
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
)

var macSource = regexp.MustCompile(`--mac-source [0-9A-Fa-f:]{17}`)

// A rule as the program below prints it, in this version's spelling.
func (t *tool) spelt(rule string) string {
	if !t.old() {
		// Of what is compared, 1.4.21 differs from today's in this alone.
		return macSource.ReplaceAllStringFunc(rule, func(text string) string { return "--mac-source " + strings.ToUpper(text[len("--mac-source "):]) })
	}
	all := words(rule)
	out := make([]string, 0, len(all)+4)
	text := map[int]bool{} // words that stand in quotes whatever is in them
	v6 := t.family == "ip6tables"
	var source, destination bool
	ends := func() {
		if !v6 {
			return
		}
		if !source {
			source = true
			out = append(out, "-s", "::/0")
		}
		if !destination {
			destination = true
			out = append(out, "-d", "::/0")
		}
	}
	for i := 0; i < len(all); i++ {
		word := all[i]
		following := func(n int) string {
			if i+n < len(all) {
				return all[i+n]
			}
			return ""
		}
		if i < 2 {
			out = append(out, word)
			continue
		}
		inverted := word == "!"
		if inverted {
			word = following(1)
		}
		step := 0
		if inverted {
			step = 1
		}
		value := following(step + 1)
		switch word {
		case "-s", "-d":
			if word == "-d" && v6 && !source {
				source = true
				out = append(out, "-s", "::/0")
			}
			source, destination = source || word == "-s", destination || word == "-d"
			out = append(out, word)
			if inverted {
				out = append(out, "!")
			}
			out = append(out, address135(value, v6))
			i += step + 1
		case "-i", "-o", "-p":
			ends()
			out = append(out, word)
			if inverted {
				out = append(out, "!")
			}
			out = append(out, value)
			i += step + 1
		case "--mac-source":
			if inverted {
				out = append(out, "!")
			}
			out = append(out, word, strings.ToUpper(value))
			i += step + 1
		case "--comment", "--log-prefix":
			out = append(out, word, value)
			text[len(out)-1] = true
			i += step + 1
		case "--match-set":
			if inverted {
				out = append(out, "!")
			}
			out = append(out, "--set")
			i += step
		case "--connlimit-upto":
			out = append(out, "!", "--connlimit-above")
			i += step
		case "--connlimit-saddr":
		default:
			ends()
			out = append(out, all[i])
		}
	}
	ends()
	for i, word := range out {
		if text[i] {
			out[i] = `"` + word + `"`
		} else if strings.ContainsAny(word, " \t") {
			out[i] = `"` + word + `"`
		}
	}
	return strings.Join(out, " ")
}

// "10.0.0.1/32" as "10.0.0.1", "10.0.0.0/24" as "10.0.0.0/255.255.255.0". IPv6 stays as it is.
func address135(text string, v6 bool) string {
	cut := strings.Index(text, "/")
	if v6 || cut < 0 {
		return text
	}
	bits, err := strconv.Atoi(text[cut+1:])
	if err != nil {
		return text
	}
	if bits == 32 {
		return text[:cut]
	}
	mask := net.CIDRMask(bits, 32)
	return fmt.Sprintf("%s/%d.%d.%d.%d", text[:cut], mask[0], mask[1], mask[2], mask[3])
}
