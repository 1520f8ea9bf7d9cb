package main

import (
	"errors"
	"fmt"
	"os"
)

// read prints what an installer of a release makes of answerfiles, one line of JSON for each:
//
//	installer read RELEASE.json FILE...
//
// It has the names and values that the vendors' own parser has for them ("understood"), the stages that have scripts, and the scripts whose address
// cannot be fetched, which stops an installation later than its reading; or { "stops": the reason, "rule", "path" }.
func read(releaseFile string, files []string) error {
	release, err := readRelease(releaseFile)
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		fmt.Println(quoted(readOne(text, release)))
	}
	return nil
}

type object = map[string]any

func readOne(text []byte, release Release) object {
	document, err := readDocument(text)
	if err != nil {
		return stopped(err)
	}
	answers, scripts, err := readAll(document, release)
	if err != nil {
		return stopped(err)
	}
	unfetchable := []string{}
	for _, fault := range scripts.unfetchable() {
		unfetchable = append(unfetchable, fault.Error())
	}
	return object{"understood": answers.understood(release), "stages": scripts.names(), "unfetchable": unfetchable}
}

func stopped(err error) object {
	var fault *Fault
	if errors.As(err, &fault) {
		return object{"stops": fault.Message, "rule": fault.Rule, "path": fault.Path}
	}
	return object{"stops": err.Error()}
}

// understood are the parsers' own names for it. A thing of the machine at hand (a backup, an installation) is there with the disk to look for it on.
func (a *Answers) understood(release Release) object {
	all := object{}
	a.nameSetup(release, all)
	switch a.Mode {
	case Restore:
		all["install-type"], all["backups"], all["backup-to-restore"] = "restore", nil, optional(a.BackupDisk)
		return all
	case Upgrade:
		all["install-type"], all["preserve-settings"], all["backup-existing-installation"] = "reinstall", true, true
	case Reinstall:
		all["install-type"], all["preserve-settings"], all["backup-existing-installation"] = "fresh", false, true
		if release.Old() {
			all["install-type"] = "reinstall"
		}
	case Fresh:
		all["install-type"], all["preserve-settings"] = "fresh", false
		if !release.Old() {
			all["backup-existing-installation"] = false
		}
	}
	all["primary-disk"] = a.Disks.Primary
	if a.Existing != "" {
		all["installation-to-overwrite"] = a.Existing
	} else {
		a.nameDisks(release, all)
	}
	if release.reads("primary-disk@swraid") {
		all["physical-disks"] = a.Disks.Physical
	}
	if release.reads("primary-disk@fs-type") {
		all["fs-type"] = a.Disks.FileSystem
	}
	a.nameSources(release, all)
	a.nameCommon(release, all)
	if a.Settings != nil {
		a.Settings.name(release, all)
	}
	return all
}

func (a *Answers) nameSetup(release Release, all object) {
	if a.Prompt != nil {
		all["ui-confirmation-prompt"] = *a.Prompt
	}
	if release.reads("selected-multiversion-drivers") {
		all["selected-multiversion-drivers"] = a.DriverVariants
	}
	if a.DriverSources != nil {
		repositories := []any{}
		for _, source := range a.DriverSources {
			repository := []any{source.Media, source.Address}
			if !release.severalSources() {
				repository = append(repository, []any{})
			}
			repositories = append(repositories, repository)
		}
		all["extra-repos"] = repositories
	}
	if a.FCoE != nil {
		states, names := object{}, []string{}
		for _, card := range a.FCoE {
			states[card.Name] = card.DCB
			names = append(names, card.Name)
		}
		all["fcoe-interfaces"] = names
		if release.reads("fcoe-interface@dcb") {
			all["fcoe-interfaces"] = states
		}
	}
}

func (a *Answers) nameDisks(release Release, all object) {
	disks := a.Disks
	all["guest-disks"] = listed(disks.Guests)
	all["sr-at-end"], all["sr-type"] = disks.SRAtEnd, disks.StorageType
	if release.AtLeast("6.2") {
		all["sr-on-primary"] = false
		for _, disk := range disks.Physical {
			if contains(disks.Guests, disk) {
				all["sr-on-primary"] = true
			}
		}
	}
	if release.reads("primary-disk@preserve-first-partition") {
		all["preserve-first-partition"] = disks.Preserve
		if release.Old() {
			all["preserve-first-partition"], all["zap-utility-partitions"] = disks.Preserve == "true", disks.Zap
		}
	}
	if a.Partitions != nil {
		partitions := []object{}
		for _, each := range a.Partitions {
			partitions = append(partitions, object{"number": each.Number, "size": each.Size, "id": each.ID})
		}
		all["initial-partitions"] = partitions
	}
	if len(disks.Raid) > 0 {
		raid := object{}
		for _, each := range disks.Raid {
			raid[each.Device] = each.Disks
		}
		all["raid"] = raid
	}
	if release.reads("primary-disk@swraid") {
		all["swraid"] = disks.Mirrored
	}
}

func (a *Answers) nameSources(release Release, all object) {
	if !release.severalSources() {
		all["source-media"], all["source-address"] = a.Sources[0].Media, a.Sources[0].Address
		return
	}
	sources := []object{}
	for _, each := range a.Sources {
		source := object{"media": each.Media, "address": each.Address}
		if release.reads("@gpgcheck") {
			source["repo_gpgcheck"], source["gpgcheck"] = each.RepoCheck, each.Check
		}
		sources = append(sources, source)
	}
	all["sources"] = sources
}

func (a *Answers) nameCommon(release Release, all object) {
	for name, value := range a.SignatureChecks {
		all[name] = value
	}
	if a.Backend != "" {
		all["network-backend"] = a.Backend
	} else if release.Old() {
		all["network-backend"] = "openvswitch"
	}
	if a.TargetPlatform != nil {
		all["target-platform"] = *a.TargetPlatform
	}
	if a.Bootloader == nil {
		return
	}
	if release.Old() && a.Bootloader.Kind != "" {
		all["bootloader"] = a.Bootloader.Kind
	}
	if a.Bootloader.Location != "" {
		all["bootloader-location"] = a.Bootloader.Location
	}
	if a.Bootloader.WriteEntry != nil {
		all["write-boot-entry"] = *a.Bootloader.WriteEntry
	}
}

func (s *Settings) name(release Release, all object) {
	all["net-admin-interface"] = optional(s.Interface.Name)
	all["nic"] = s.Interface.nic(release)
	if s.Password != nil {
		all["root-password"] = []string{s.Password.Kind, s.Password.Text}
	}
	all["manual-nameservers"] = []any{len(s.NameServers) > 0, listed(s.NameServers)}
	all["manual-hostname"] = []any{s.Hostname != nil, s.Hostname}
	all["ntp-servers"] = listed(s.NTPServers)
	if s.Timezone != nil {
		all["timezone"] = *s.Timezone
	}
	if s.Keymap != nil {
		all["keymap"] = *s.Keymap
	}
	if release.reads("ntp") {
		all["ntp-config-method"] = s.NTPMethod
	} else {
		all["time-config-method"] = "ntp"
	}
	if len(s.Services) > 0 {
		all["services"] = s.Services
	}
}

// nic has the fields of the parsers' NetInterface. Modes are words here, and numbers there.
func (c Interface) nic(release Release) object {
	nic := object{
		"hwaddr": c.Hwaddr, "mode": optional(c.Mode), "ipaddr": optional(c.Address), "netmask": optional(c.Netmask),
		"gateway": optional(c.Gateway), "dns": nil, "domain": nil,
	}
	if cardName.MatchString(c.Name) {
		// The card's own, which only the machine knows.
		nic["hwaddr"] = nil
	}
	if release.reads("admin-interface@protov6") {
		nic["modev6"], nic["ipv6addr"], nic["ipv6_gateway"] = optional(c.ModeV6), optional(c.AddressV6), optional(c.GatewayV6)
	}
	if release.reads("admin-interface@vlan") {
		nic["vlan"] = nil
		if c.VLAN != 0 {
			nic["vlan"] = c.VLAN
		}
	}
	return nic
}

func optional(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func listed(words []string) []string {
	return append([]string{}, words...)
}
