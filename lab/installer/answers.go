package main

import (
	"regexp"
	"strconv"
	"strings"
)

// Answers are what a fresh installation takes from an answerfile.
type Answers struct {
	Sources      []string
	PrimaryDisk  string
	Backend      string
	Hostname     string
	Timezone     string
	PasswordHash string
}

func readAnswers(root *Element, release Release) (*Answers, error) {
	mandatory := []string{"source", "primary-disk", "admin-interface"}
	if !release.AtLeast("6.2") {
		mandatory = append(mandatory, "timezone")
	}
	for _, name := range mandatory {
		if root.first(name) == nil {
			return nil, root.lacks("E2", "/"+name, "%s is missing, and the installer stops: fresh needs it", name)
		}
	}
	answers := &Answers{Backend: "openvswitch"}
	if release.Target == "5.6" {
		answers.Backend = "bridge"
	}
	for _, step := range []func(*Element, Release, *Answers) error{readSources, readDisk, readInterface, readPassword, readSystem} {
		if err := step(root, release, answers); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

func checkMode(root *Element) error {
	if root.Name != "installation" && root.Name != "upgrade" && root.Name != "restore" {
		return root.broken("E1", "the top level element is %s, so the installer stops: it takes installation, upgrade and restore", quoted(root.Name))
	}
	switch mode := root.Attributes["mode"]; {
	case root.Name == "restore" || mode == "reinstall" || mode == "upgrade":
		return root.broken("", "this installer makes fresh installations only")
	case mode != "" && mode != "fresh":
		return root.lacks("E1", "@mode", "the mode %s is unknown", quoted(mode))
	}
	return nil
}

func readSources(root *Element, release Release, answers *Answers) error {
	for _, source := range root.all("source") {
		kind := source.Attributes["type"]
		switch kind {
		case "":
			return source.lacks("E2", "@type", "the attribute is missing: it says whether it is local, url or nfs")
		case "url", "nfs":
		case "local":
			return source.broken("", "this installer takes its packages over http and nfs only")
		default:
			return source.lacks("E3", "@type", "%s is not one of local, url, nfs, and the installer stops", quoted(kind))
		}
		if source.Text == "" {
			return source.broken("E2", "it has no address")
		}
		address := strings.TrimRight(source.Text, "/")
		if kind == "nfs" {
			address = "nfs://" + address
		}
		answers.Sources = append(answers.Sources, address)
	}
	return nil
}

func readDisk(root *Element, release Release, answers *Answers) error {
	disk := root.first("primary-disk")
	if disk.Text == "" {
		return disk.broken("E2", "it names no disk")
	}
	answers.PrimaryDisk = disk.Text
	if !strings.HasPrefix(disk.Text, "/dev/") {
		answers.PrimaryDisk = "/dev/" + disk.Text
	}
	return nil
}

var vlanNumber = regexp.MustCompile(`^\d+$`)

func readInterface(root *Element, release Release, answers *Answers) error {
	admin := root.first("admin-interface")
	if admin.Attributes["name"] == "" && admin.Attributes["hwaddr"] == "" {
		return admin.lacks("E2", "@name", "neither name nor hwaddr says which interface it is")
	}
	proto := admin.Attributes["proto"]
	if proto == "" {
		return admin.lacks("E2", "@proto", "the attribute is missing: it says how the host gets its address")
	}
	if !release.AtLeast("6.1") && proto != "static" && proto != "dhcp" {
		return admin.lacks("E3", "@proto", "%s is not one of static, dhcp, and the installer stops", quoted(proto))
	}
	if proto == "static" {
		address, mask := "ipaddr", "subnet"
		if release.Target == "5.6" {
			address, mask = "ip", "subnet-mask"
		}
		for _, names := range [][]string{{address, "ip", "ipaddr"}, {mask, "subnet-mask", "subnet"}, {"gateway"}} {
			if admin.first(names...) == nil {
				return admin.lacks("E4", "/"+names[0], "a static address needs %s, and the installer stops without it", names[0])
			}
		}
	}
	six := admin.Attributes["protov6"]
	if release.AtLeast("6.1") && proto != "static" && proto != "dhcp" && six != "static" && six != "dhcp" && six != "autoconf" {
		return admin.lacks("E4", "@protov6", "the interface has neither IPv4 nor IPv6, and the installer stops")
	}
	if vlan := admin.Attributes["vlan"]; vlan != "" && release.AtLeast("7.1") {
		if number, err := strconv.Atoi(vlan); err != nil || !vlanNumber.MatchString(vlan) || number < 1 || number > 4094 {
			return admin.lacks("E5", "@vlan", "%s is not a VLAN from 1 to 4094, and the installer stops", quoted(vlan))
		}
	}
	return nil
}

func readPassword(root *Element, release Release, answers *Answers) error {
	// Without a password, the host asks for one at its first boot.
	answers.PasswordHash = "!!"
	password := root.first("root-password")
	if password == nil {
		return nil
	}
	switch kind := password.Attributes["type"]; kind {
	case "hash":
		answers.PasswordHash = password.Text
	case "", "plaintext":
		return password.broken("", "this installer takes root's password as a hash only")
	default:
		return password.lacks("E3", "@type", "%s is not one of plaintext, hash, and the installer stops", quoted(kind))
	}
	return nil
}

func readSystem(root *Element, release Release, answers *Answers) error {
	answers.Hostname, answers.Timezone = "localhost.localdomain", "Etc/UTC"
	if hostname := root.first("hostname"); hostname != nil {
		answers.Hostname = hostname.Text
	}
	if timezone := root.first("timezone"); timezone != nil {
		answers.Timezone = timezone.Text
	}
	backend := root.first("network-backend")
	if backend == nil {
		return nil
	}
	switch backend.Text {
	case "bridge", "openvswitch":
		answers.Backend = backend.Text
	case "vswitch":
		answers.Backend = "openvswitch"
	default:
		if !release.AtLeast("6.1") {
			return backend.broken("E3", "%s is not one of bridge, openvswitch, vswitch, and the installer stops", quoted(backend.Text))
		}
	}
	return nil
}
