package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
)

// bringUp gives one interface its address, or tries all of them one after the other, as installers do.
func bringUp(device, config string) error {
	interfaces := map[string]string{}
	var names []string
	paths, _ := filepath.Glob("/sys/class/net/*/address")
	for _, path := range paths {
		name := filepath.Base(filepath.Dir(path))
		if address, err := os.ReadFile(path); err == nil && name != "lo" {
			interfaces[name] = strings.TrimSpace(string(address))
			names = append(names, name)
		}
	}
	sort.Strings(names)
	if device == "" || strings.EqualFold(device, "all") {
		for _, name := range names {
			if err := configure(name, "dhcp"); err == nil {
				return nil
			}
		}
		return fault("", "network_device", "none of %s got an address by DHCP", strings.Join(names, ", "))
	}
	for _, name := range names {
		if name == device || interfaces[name] == strings.ToLower(device) {
			return configure(name, config)
		}
	}
	return fault("", "network_device", "there is no interface %s; there are %s", device, strings.Join(names, ", "))
}

func configure(name, config string) error {
	method, rest, _ := strings.Cut(config, ":")
	fields := map[string]string{}
	for _, field := range strings.Split(rest, ";") {
		key, value, _ := strings.Cut(field, "=")
		fields[key] = value
	}
	if fields["vlan"] != "" {
		return fault("", "network_config", "this installer brings up no VLAN")
	}
	if err := busybox("ip", "link", "set", name, "up"); err != nil {
		return err
	}
	switch method {
	case "", "dhcp":
		say("asking for an address on %s", name)
		return busybox("udhcpc", "-i", name, "-n", "-q", "-t", "10", "-T", "2", "-s", "/etc/installer/lease.sh")
	case "static":
		if err := busybox("ifconfig", name, fields["ip"], "netmask", fields["netmask"]); err != nil {
			return err
		}
		if fields["gateway"] == "" {
			return nil
		}
		return busybox("ip", "route", "add", "default", "via", fields["gateway"])
	}
	return fault("E3", "network_config", "%s is neither dhcp nor static", quoted(method))
}

// busybox runs one of its commands, with its output on the console.
func busybox(words ...string) error {
	command := exec.Command("/bin/busybox", words...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	if err := command.Run(); err != nil {
		return fault("", "", "%s: %v", strings.Join(words, " "), err)
	}
	return nil
}
