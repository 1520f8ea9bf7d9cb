package main

import "strings"

// Options is what the installer reads from the kernel's command line (host-installer, doc/parameters.txt).
type Options struct {
	Answerfile string
	// Device is "eth0", a MAC or "all".
	Device string
	// Config is "dhcp" or "static:ip=...;netmask=...".
	Config string
}

func readOptions(line string, release Release) (Options, error) {
	given := map[string]string{}
	for _, word := range strings.Fields(line) {
		name, value, _ := strings.Cut(word, "=")
		given[name] = value
	}
	options := Options{Answerfile: given["answerfile"], Device: given["answerfile_device"], Config: given["network_config"]}
	if text, ok := given["rt_answerfile"]; ok {
		options.Answerfile = text
	}
	// The newer name, since 7.1.
	if device, ok := given["network_device"]; ok && release.AtLeast("7.1") {
		options.Device = device
	}
	if _, ok := given["answerfile_generator"]; ok {
		return options, fault("", "answerfile_generator", "this installer runs no generator of answerfiles")
	}
	if options.Answerfile == "" {
		return options, fault("", "answerfile", "No answerfile on the kernel's command line: an installer would ask at its console")
	}
	if _, ok := given["install"]; !ok && !release.AtLeast("8.3") {
		return options, fault("W12", "", "without the word install %s takes no notice of the answerfile and asks at its console", release.Product)
	}
	return options, nil
}
