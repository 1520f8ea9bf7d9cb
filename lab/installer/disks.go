package main

import (
	"strconv"
	"strings"
)

// Disks are those of a fresh installation; of an upgrade only Primary and Physical are set, and FileSystem.
type Disks struct {
	Primary  string
	Physical []string
	// Mirrored: XenServer 8 and 9 make the primary disk of two.
	Mirrored   bool
	FileSystem string
	// Preserve is "true", "false" or "if-utility".
	Preserve    string
	Zap         bool
	SRAtEnd     bool
	StorageType string
	// Guests are the disks for guests' storage, the primary one first if it is among them.
	Guests []string
	Raid   []Raid

	element *Element
}

// Raid is an array that the installer makes.
type Raid struct {
	Device string
	Disks  []string
}

// Partition is one of those that are there before the installer's own.
type Partition struct {
	Number, Size, ID int64
}

// existing is the installation that is replaced. The old parser puts /dev/ before whatever the file says.
func (r *Reader) existing(answers *Answers) {
	element := r.mandatory(answers.Mode, "existing-installation")
	disk := r.text(element)
	if r.release.Old() {
		disk = "/dev/" + disk
	} else {
		disk = r.disk(element, disk)
	}
	answers.Existing = disk
	answers.Disks = Disks{Primary: disk, element: element}
	if r.release.reads("primary-disk@swraid") {
		answers.Disks.Physical = []string{disk}
	}
	if r.release.reads("existing-installation@fs-type") {
		answers.Disks.FileSystem = r.fileSystem(element)
	}
}

// upgradeDisk: many releases let an upgrade name its disk a second time. That ended somewhere before XenServer 9, and most likely when a disk could
// be two (swraid).
func (r *Reader) upgradeDisk(answers *Answers) {
	if element := r.only("primary-disk"); element != nil && r.release.reads("upgrade/primary-disk") {
		answers.Disks.Primary = r.disk(element, r.text(element))
	}
}

func (r *Reader) fileSystem(element *Element) string {
	return r.oneOf(element, "ext4", []string{"ext3", "ext4"}, "fs-type")
}

func (r *Reader) disks(answers *Answers) {
	r.partitions(answers)
	disks := Disks{StorageType: r.release.storageType()}
	if r.release.reads("raid") {
		for _, element := range r.root.all("raid") {
			disks.Raid = append(disks.Raid, r.raid(element))
		}
	}
	element := r.mandatory(answers.Mode, "primary-disk")
	disks.element = element
	r.preserve(element, &disks)
	r.primary(element, &disks)
	storage := r.flag(element, true, r.release.names("primary-disk@", "guest-storage", "gueststorage")...)
	disks.SRAtEnd = r.flag(element, true, "sr-at-end")
	if r.release.reads("primary-disk@fs-type") {
		disks.FileSystem = r.fileSystem(element)
	}
	if storage {
		disks.Guests = append(disks.Guests, disks.Physical...)
	}
	for _, guest := range r.root.all("guest-disk") {
		disks.Guests = append(disks.Guests, r.disk(guest, r.text(guest)))
	}
	if r.release.AtLeast("6.2") {
		disks.Guests = unique(disks.Guests)
	}
	disks.StorageType = r.oneOf(r.root, disks.StorageType, r.release.storageTypes(), r.release.names("@", "sr-type", "srtype")...)
	answers.Disks = disks
}

func (r *Reader) raid(element *Element) Raid {
	raid := Raid{Device: r.disk(element, r.required(element, "device", "the array needs a name")), Disks: []string{}}
	for _, each := range element.all("disk") {
		raid.Disks = append(raid.Disks, r.disk(each, r.text(each)))
	}
	return raid
}

func (r *Reader) preserve(element *Element, disks *Disks) {
	if !r.release.reads("primary-disk@preserve-first-partition") {
		return
	}
	zap := r.release.reads("zap-utility-partitions") && r.root.first("zap-utility-partitions") != nil
	if r.release.Old() {
		// Here the two are kept apart.
		disks.Zap = zap
		disks.Preserve = strconv.FormatBool(r.flag(element, false, "preserve-first-partition"))
		return
	}
	word := r.oneOf(element, "if-utility", []string{"true", "yes", "false", "no", "if-utility"}, "preserve-first-partition")
	switch {
	case zap || word == "no":
		word = "false"
	case word == "yes":
		word = "true"
	}
	disks.Preserve = word
}

func (r *Reader) primary(element *Element, disks *Disks) {
	disks.Mirrored = r.release.reads("primary-disk@swraid") && r.flag(element, false, "swraid")
	if !disks.Mirrored {
		disks.Primary = r.disk(element, r.text(element))
		disks.Physical = []string{disks.Primary}
		return
	}
	// The array gets its name when it is made.
	missing := 0
	for _, each := range strings.Split(r.text(element), ",") {
		if r.release.AtLeast("xs9") && each == "missing" {
			missing++
		} else {
			each = r.disk(element, each)
		}
		disks.Physical = append(disks.Physical, each)
	}
	if len(disks.Physical) != 2 {
		stop(element.broken("E3", "swraid takes exactly two disks, and %s names %d", quoted(element.Text), len(disks.Physical)))
	}
	if missing == 2 {
		stop(element.broken("E3", "only one of the two disks may be missing"))
	}
}

// partitions: from 6.1 on, the parser fails at every one of them, catches its own failure and goes on without (getIntAttribute takes no word that
// it is called with).
func (r *Reader) partitions(answers *Answers) {
	list := r.counts("initial-partitions")
	if r.release.reads("initial-partitions") && (list != nil || r.release.Old()) {
		answers.Partitions = []Partition{}
	}
	if list == nil || !r.release.Old() {
		return
	}
	for _, element := range list.all("partition") {
		var numbers [3]int64
		whole := true
		for index, name := range []string{"number", "size", "id"} {
			number, err := strconv.ParseInt(strings.TrimSpace(element.Attributes[name]), 0, 64)
			numbers[index], whole = number, whole && err == nil
		}
		if whole {
			answers.Partitions = append(answers.Partitions, Partition{numbers[0], numbers[1], numbers[2]})
		}
	}
}

func unique(words []string) []string {
	var once []string
	for _, word := range words {
		if !contains(once, word) {
			once = append(once, word)
		}
	}
	return once
}
