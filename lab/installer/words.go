package main

// span is from which release to which an installer knows a word; no end: to the newest.
type span struct{ from, to string }

// words is which installer reads what: an element, or an attribute "element@attribute". What every release reads is not here. The source is
// host-installer's answerfile.py of these releases, and what the parser of each said to the files in test/install/cases. It is written down
// without csp's own table, so that each can be held against the other.
var words = map[string]span{
	"@sr-type":                              {"6.1", ""},
	"@netinstall-gpg-check":                 {"8.0", "8.2"},
	"@repo-gpgcheck":                        {"8.3", "8.3"},
	"@gpgcheck":                             {"8.3", "8.3"},
	"admin-interface/ipaddr":                {"6.1", ""},
	"admin-interface/subnet":                {"6.1", ""},
	"admin-interface@protov6":               {"6.1", ""},
	"admin-interface@vlan":                  {"7.2", ""},
	"bootloader@write-boot-entry":           {"7.1", ""},
	"existing-installation@fs-type":         {"xs9", ""},
	"fcoe-interface":                        {"7.0", "xs8"},
	"fcoe-interface@dcb":                    {"7.0", "8.2"},
	"initial-partitions":                    {"5.6", "8.2"},
	"name-server":                           {"6.1", ""},
	"network-backend":                       {"5.6", "xs8"},
	"ntp":                                   {"8.3", ""},
	"ntp-server":                            {"6.1", ""},
	"primary-disk@fs-type":                  {"xs9", ""},
	"primary-disk@guest-storage":            {"6.1", ""},
	"primary-disk@preserve-first-partition": {"6.0", ""},
	"primary-disk@swraid":                   {"xs8", ""},
	"raid":                                  {"7.5", "8.3"},
	"restore":                               {"6.2", ""},
	"selected-multiversion-drivers":         {"xs9", ""},
	"service":                               {"7.6", ""},
	"target-platform":                       {"xs8", "xs8"},
	"ui-confirmation-prompt":                {"7.1", ""},
	"upgrade/primary-disk":                  {"5.6", "xs8"},
	"zap-utility-partitions":                {"6.0", "8.2"},
}

// reads says whether the installer of a release reads a word of the table.
func (r Release) reads(word string) bool {
	known, ok := words[word]
	if !ok {
		panic("no such word in the table: " + word)
	}
	return r.AtLeast(known.from) && (known.to == "" || position(r.Target) <= position(known.to))
}

// names are those of some aliases that the release reads. The last one is in every release.
func (r Release) names(prefix string, aliases ...string) []string {
	var known []string
	for index, alias := range aliases {
		if index == len(aliases)-1 || r.reads(prefix+alias) {
			known = append(known, alias)
		}
	}
	return known
}

// Old is the parser before its rewriting (8ba98e7, 2011-09). It leaves white space where it is, takes attributes as they are, and many an element
// only if it is there exactly once.
func (r Release) Old() bool { return !r.AtLeast("6.1") }

// Python2 turns all that it reads into ASCII and stops at what is not.
func (r Release) Python2() bool { return !r.AtLeast("xs9") }

// severalSources: since then all sources count, before that the first.
func (r Release) severalSources() bool { return r.AtLeast("7.1") }

// earlySetup: since then driver disks are read before everything else, for a restoration too.
func (r Release) earlySetup() bool { return r.AtLeast("7.0") }

// knowsIscsi: the helper that finds iscsi: disks was removed in 87f8f23 (2018-07), but not the call of it.
func (r Release) knowsIscsi() bool { return !r.AtLeast("7.6") }

// storageTypes: the last name, of storage with large blocks, is a product's own to choose. That of XenServer 8 and 9 was not seen.
func (r Release) storageTypes() []string {
	if r.Target == "8.3" {
		return []string{"lvm", "ext", "largeblock"}
	}
	return []string{"lvm", "ext"}
}

// storageType is what a local repository is made of if the file does not say.
func (r Release) storageType() string {
	if r.Target == "8.3" {
		return "ext"
	}
	return "lvm"
}

// bootloaders are the texts that do not stop the installer. The old ones take any.
func (r Release) bootloaders() []string {
	if r.AtLeast("7.0") {
		return []string{"grub2", ""}
	}
	return []string{"extlinux"}
}

// backends: the short word came with the rewriting.
func (r Release) backends() []string {
	if r.Old() {
		return []string{"bridge", "openvswitch"}
	}
	return []string{"bridge", "openvswitch", "vswitch"}
}
