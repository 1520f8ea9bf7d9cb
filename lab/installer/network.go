package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// bringUp gives one interface its address, or tries all of them one after the other, as installers do.
func bringUp(device, config string, release Release) error {
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
	if device == "" || device == "all" {
		for _, name := range names {
			if err := configure(name, "dhcp", release); err == nil {
				return nil
			}
		}
		return fault("", "network_device", "none of %s got an address by DHCP", strings.Join(names, ", "))
	}
	for _, name := range names {
		if name == device || interfaces[name] == device {
			return configure(name, config, release)
		}
	}
	return fault("", "network_device", "there is no interface %s; there are %s", device, strings.Join(names, ", "))
}

// networkConfig is what network_config says, as installers read it: METHOD[:KEY=VALUE[;KEY=VALUE]...], all of it in small letters by now. They stop
// at a part without an equals sign, and keep keys that they do not know. Every method but static is dhcp.
func networkConfig(config string, release Release) (static bool, fields map[string]string, err error) {
	method, rest, _ := strings.Cut(config, ":")
	fields = map[string]string{}
	if rest != "" {
		for _, part := range strings.Split(rest, ";") {
			key, value, ok := strings.Cut(part, "=")
			if !ok {
				if part == "" {
					return false, nil, fault("E3", "network_config", "a semicolon has nothing beside it, and the installer stops")
				}
				return false, nil, fault("E3", "network_config", "%s has no value, and the installer stops", quoted(part))
			}
			fields[key] = value
		}
	}
	if !release.AtLeast("7.1") {
		delete(fields, "vlan")
	}
	static = method == "static"
	if static {
		for _, key := range []string{"ip", "netmask"} {
			if _, ok := fields[key]; !ok {
				return false, nil, fault("E4", "network_config", "static needs %s, and it is missing", key)
			}
		}
	}
	if vlan, ok := fields["vlan"]; ok && vlan != "" {
		if number, failed := strconv.Atoi(vlan); failed != nil || !digits.MatchString(vlan) || number < 1 || number > 4094 {
			return false, nil, fault("E5", "network_config", "%s is not a VLAN from 1 to 4094", quoted(vlan))
		}
	}
	return static, fields, nil
}

func configure(name, config string, release Release) error {
	static, fields, err := networkConfig(config, release)
	if err != nil {
		return err
	}
	if fields["vlan"] != "" {
		return fault("", "network_config", "this installer brings up no VLAN")
	}
	if err := busybox("ip", "link", "set", name, "up"); err != nil {
		return err
	}
	if !static {
		say("asking for an address on %s", name)
		return busybox("udhcpc", "-i", name, "-n", "-q", "-t", "10", "-T", "2", "-s", "/etc/installer/lease.sh")
	}
	if err := busybox("ifconfig", name, fields["ip"], "netmask", fields["netmask"]); err != nil {
		return err
	}
	if fields["gateway"] == "" {
		return nil
	}
	return busybox("ip", "route", "add", "default", "via", fields["gateway"])
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
