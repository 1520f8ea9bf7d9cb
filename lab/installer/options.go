package main

import "strings"

// Options is what the installer reads from the kernel's command line (host-installer, init and doc/parameters.txt).
type Options struct {
	Answerfile string `json:"answerfile"`
	// Device is "eth0", a MAC or "all".
	Device string `json:"device"`
	// Network is whether the network comes up before the answerfile is fetched.
	Network bool `json:"network"`
	// Config is "dhcp" or "static:ip=...;netmask=...".
	Config string `json:"config"`
	// Multipath is the word that was understood; empty if there was none.
	Multipath string `json:"multipath"`
}

// The words of device_mapper_multipath. Any other word changes nothing.
var multipathWords = map[string][]string{
	"disabled":    {"disabled", "false", "0", "no"},
	"if-multiple": {"if-multiple"},
	"enabled":     {"enabled", "true", "1", "yes", "force"},
}

func readOptions(line string, release Release) (Options, error) {
	given := map[string]string{}
	for _, word := range strings.Fields(line) {
		name, value, _ := strings.Cut(word, "=")
		// Of an argument that is there twice, the last one counts.
		given[name] = value
	}
	options := Options{Answerfile: given["answerfile"], Multipath: multipath(given["device_mapper_multipath"])}
	if text, ok := given["rt_answerfile"]; ok {
		options.Answerfile = text
	}
	options.Network = !strings.HasPrefix(options.Answerfile, "file://")
	names := []string{"answerfile_device"}
	// Added in 2011-02, after 5.6.
	if release.AtLeast("6.0") {
		names = append(names, "network_device")
		options.Config = strings.ToLower(given["network_config"])
	}
	for _, name := range names {
		if device, ok := given[name]; ok {
			options.Device = strings.ToLower(device)
			options.Network = true
		}
	}
	if options.Device == "all" {
		options.Config = "dhcp"
	}
	if _, ok := given["answerfile_generator"]; ok {
		return options, fault("", "answerfile_generator", "this installer runs no generator of answerfiles")
	}
	if options.Answerfile == "" {
		return options, fault("", "answerfile", "No answerfile on the kernel's command line: an installer would ask at its console")
	}
	if _, ok := given["install"]; !ok && !release.AtLeast("8.3") {
		return options, fault("W12", "", "without the word install, %s ignores the answerfile and asks at its console", release.Product)
	}
	return options, nil
}

func multipath(word string) string {
	for meaning, words := range multipathWords {
		for _, each := range words {
			if strings.ToLower(word) == each {
				return meaning
			}
		}
	}
	return ""
}
