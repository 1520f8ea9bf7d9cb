package main

import "strings"

// Mode is what an installer does with an answerfile.
type Mode string

const (
	Fresh     Mode = "fresh"
	Reinstall Mode = "reinstall"
	Upgrade   Mode = "upgrade"
	Restore   Mode = "restore"
)

// Answers are all that an installer of a release takes from an answerfile. A pointer or a map that is nil, and a text that is empty where none may
// be, stand for what the file does not say or the release does not read.
type Answers struct {
	Mode    Mode
	Sources []Source
	// DriverSources are read for a restoration too since 7.0.
	DriverSources []Source
	// Prompt says whether somebody must press a key first.
	Prompt         *bool
	FCoE           []StorageInterface
	DriverVariants [][2]string

	// Existing is the disk of the installation that an upgrade replaces, and until 6.0 a reinstallation.
	Existing   string
	BackupDisk string
	Disks      Disks

	Settings *Settings

	// Backend is empty if the installer's own default counts.
	Backend        string
	Bootloader     *Bootloader
	TargetPlatform *string
	// SignatureChecks are those of the whole installation, by attribute.
	SignatureChecks map[string]bool
	// Partitions are empty, but not nil, in a release that looks for them and takes none.
	Partitions []Partition
}

// Source is where packages or drivers come from.
type Source struct {
	Media, Address   string
	RepoCheck, Check *bool
	element          *Element
}

// StorageInterface is one for FCoE.
type StorageInterface struct {
	Name, Hwaddr string
	DCB          bool
}

type Bootloader struct {
	Kind, Location string
	WriteEntry     *bool
}

// Settings are those of the new host. An upgrade keeps those that are there.
type Settings struct {
	Interface   Interface
	Password    *Password
	NameServers []string
	Hostname    *string
	// Timezone is nil in 6.1 only, whose parser reads on without one.
	Timezone   *string
	NTPServers []string
	// NTPMethod is empty before 8.3: there are only servers.
	NTPMethod string
	Keymap    *string
	Services  map[string]string
}

type Password struct {
	// Kind is "pwdhash" or "plaintext".
	Kind, Text string
}

// readAnswers reads an answerfile in the order of the parsers, without its scripts: those come first (readScripts).
func readAnswers(root *Element, release Release) (*Answers, error) {
	r := &Reader{root, release}
	answers := &Answers{}
	err := reading(func() {
		if release.earlySetup() {
			r.setup(answers)
		}
		answers.Mode = r.mode()
		switch {
		case answers.Mode == Restore:
			r.backup(answers)
			return
		case answers.Mode == Upgrade:
			r.existing(answers)
			r.upgradeDisk(answers)
		case answers.Mode == Reinstall && release.Old():
			r.existing(answers)
			answers.Settings = r.settings(answers.Mode)
		default:
			r.disks(answers)
			answers.Settings = r.settings(answers.Mode)
		}
		r.common(answers)
	})
	return answers, err
}

// rootName: the old parser does not look at it.
func (r *Reader) rootName() {
	name := r.root.Name
	if !r.release.Old() && name != "installation" && name != "upgrade" && name != "restore" {
		stop(r.root.broken("E1", "the top level element is %s, so the installer stops: it takes installation, upgrade and restore", quoted(name)))
	}
}

// mode: the root upgrade is read like installation.
func (r *Reader) mode() Mode {
	if r.root.Name == "restore" && !r.release.Old() {
		if !r.release.reads("restore") {
			stop(r.root.broken("E1", "%s cannot restore a backup by answerfile", r.release.Product))
		}
		return Restore
	}
	mode := Mode(r.attribute(r.root, "mode"))
	switch mode {
	case "":
		return Fresh
	case Fresh, Reinstall, Upgrade:
		return mode
	}
	stop(r.root.lacks("E1", "@mode", "the mode %s is unknown", quoted(string(mode))))
	return mode
}

// setup is what newer installers read before anything else, for every mode, to make disks available.
func (r *Reader) setup(answers *Answers) {
	answers.DriverSources = r.driverSources()
	if r.release.reads("fcoe-interface") {
		answers.FCoE = r.storageInterfaces()
	}
	if r.release.reads("selected-multiversion-drivers") {
		answers.DriverVariants = r.driverVariants()
	}
	if prompt := r.root.first("ui-confirmation-prompt"); prompt != nil && r.release.reads("ui-confirmation-prompt") {
		// Any text means yes, also "false".
		yes := r.text(prompt) != ""
		answers.Prompt = &yes
	}
}

// driverVariants takes what a driver's first child says, be it text or not, and untrimmed.
func (r *Reader) driverVariants() [][2]string {
	variants := [][2]string{}
	list := r.root.first("selected-multiversion-drivers")
	if list == nil {
		return variants
	}
	for _, driver := range list.all("driver") {
		variant := ""
		if driver.First != nil {
			variant = *driver.First
		}
		variants = append(variants, [2]string{driver.Attributes["name"], variant})
	}
	return variants
}

// backup: the disk of the backup to restore, if exactly one is named. Without it there must be only one backup.
func (r *Reader) backup(answers *Answers) {
	if disk := r.only("backup-disk"); disk != nil {
		answers.BackupDisk = r.disk(disk, r.text(disk))
	}
}

// common is what every installation reads last.
func (r *Reader) common(answers *Answers) {
	answers.Sources = r.sources(answers.Mode)
	if !r.release.earlySetup() {
		answers.DriverSources = r.driverSources()
	}
	answers.SignatureChecks = map[string]bool{}
	for _, name := range []string{"netinstall-gpg-check", "repo-gpgcheck", "gpgcheck"} {
		if r.release.reads("@" + name) {
			answers.SignatureChecks[name] = r.flag(r.root, true, name)
		}
	}
	answers.Backend = r.backend()
	answers.Bootloader = r.bootloader()
	if r.release.reads("target-platform") {
		platform := ""
		if element := r.root.first("target-platform"); element != nil {
			platform = r.text(element)
		}
		answers.TargetPlatform = &platform
	}
}

func (r *Reader) backend() string {
	element := r.counts("network-backend")
	if !r.release.reads("network-backend") || element == nil {
		return ""
	}
	backend := r.text(element)
	switch {
	case !contains(r.release.backends(), backend):
		if r.release.Old() {
			stop(element.broken("E3", "%s", notOneOf(backend, r.release.backends())))
		}
		return ""
	case backend == "vswitch":
		return "openvswitch"
	}
	return backend
}

func (r *Reader) bootloader() *Bootloader {
	element := r.counts("bootloader")
	if element == nil {
		return nil
	}
	if r.release.Old() {
		// What it does not know, it leaves out.
		loader := &Bootloader{Kind: known(r.text(element), "grub", "extlinux")}
		if loader.Location = strings.ToLower(r.attribute(element, "location")); loader.Location == "" {
			loader.Location = "mbr"
		}
		loader.Location = known(loader.Location, "mbr", "partition")
		return loader
	}
	loader := &Bootloader{Location: r.oneOf(element, "mbr", []string{"mbr", "partition"}, "location")}
	if r.release.reads("bootloader@write-boot-entry") {
		write := r.flag(element, true, "write-boot-entry")
		loader.WriteEntry = &write
	}
	if loader.Kind = r.text(element); !contains(r.release.bootloaders(), loader.Kind) {
		stop(element.broken("E3", "%s: %s", r.release.Product, notOneOf(loader.Kind, r.release.bootloaders())))
	}
	return loader
}

// known is a word that is one of some, or nothing.
func known(word string, words ...string) string {
	if contains(words, word) {
		return word
	}
	return ""
}
