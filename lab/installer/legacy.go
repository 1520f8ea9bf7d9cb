package main

import (
	"crypto/md5"
	"encoding/hex"
	"strconv"
	"strings"
)

// The folders that are always read, whatever XS-REPOSITORY-LIST says (host-installer, repository.py).
var builtIn = []string{"", "packages", "packages.main", "packages.linux", "packages.site"}

const listFile = "XS-REPOSITORY-LIST"

// LegacyRepository is a folder with XS-REPOSITORY and XS-PACKAGES: of 5.6 to 6.5, or a pack of 7.0.
type LegacyRepository struct {
	folder             string
	document, info     *Element
	packages           []*Element
	infoText, listText []byte
}

func (r *LegacyRepository) id() string {
	return r.info.Attributes["originator"] + ":" + r.info.Attributes["name"]
}

// Installed is what requirements are compared with, by identifier: version and build of each.
type Installed map[string][]map[string]string

func installLegacy(system System, base string, release Release, report *Report) error {
	return installFolders(system, base, release, report, Installed{})
}

// installFolders installs the repositories that are folders. `installed` is what there is before them.
func installFolders(system System, base string, release Release, report *Report, installed Installed) error {
	repositories, err := findRepositories(base, release)
	if err != nil {
		return err
	}
	if release.layout().Base == "folders" {
		if err := checkMain(repositories, release); err != nil {
			return err
		}
	}
	if release.CSP {
		if err := checkPack(repositories, release); err != nil {
			return err
		}
	}
	for _, repository := range repositories {
		if err := repository.checkRequirements(installed, release); err != nil {
			return err
		}
		if err := repository.install(system, base, report); err != nil {
			return err
		}
		installed[repository.id()] = append(installed[repository.id()], repository.info.Attributes)
		report.Repositories = append(report.Repositories, repository.id())
	}
	return nil
}

func findRepositories(base string, release Release) ([]*LegacyRepository, error) {
	list, err := fetchIfThere(base + "/" + listFile)
	if err != nil {
		return nil, err
	}
	switch how := release.layout().WithoutList; {
	case list == nil && how == "logged":
		say("Failed to open %s", listFile)
	case list == nil && how == "stops":
		return nil, fault("E10", listFile, `it is missing, and %s finds no repository without it ("Failed to open %s")`, release.Product, listFile)
	}
	var listed []string
	for _, line := range strings.Split(strings.TrimSuffix(string(list), "\n"), "\n") {
		if list != nil {
			listed = append(listed, strings.TrimSpace(line))
		}
	}
	var found []*LegacyRepository
	for index, folder := range append(append([]string{}, builtIn...), listed...) {
		repository, err := openLegacy(base, folder, index >= len(builtIn))
		if err != nil {
			return nil, err
		}
		if repository != nil {
			say("repository %s in %s", repository.id(), folder)
			found = append(found, repository)
		}
	}
	return found, nil
}

// openLegacy is nil if a folder that is always read is not a repository. Vendors' installers skip a listed one too; this one stops.
func openLegacy(base, folder string, listed bool) (*LegacyRepository, error) {
	repository := &LegacyRepository{folder: folder}
	path := folder
	if path == "" {
		path = "/"
	}
	var missing []string
	for _, each := range []struct {
		name string
		into *[]byte
	}{{"XS-REPOSITORY", &repository.infoText}, {"XS-PACKAGES", &repository.listText}} {
		text, err := fetchIfThere(base + "/" + join(folder, each.name))
		if err != nil {
			return nil, err
		}
		if text == nil {
			missing = append(missing, each.name)
		}
		*each.into = text
	}
	switch {
	case len(missing) == 2 && !listed:
		return nil, nil
	case len(missing) == 2:
		return nil, fault("E11", path, "%s names it, but there is no such folder", listFile)
	case len(missing) == 1:
		return nil, fault("E11", path, "it lacks %s, so the installer skips it without a message", missing[0])
	}
	var err error
	if repository.document, err = readLegacy(join(folder, "XS-REPOSITORY"), repository.infoText); err != nil {
		return nil, err
	}
	packages, err := readLegacy(join(folder, "XS-PACKAGES"), repository.listText)
	if err != nil {
		return nil, err
	}
	repository.packages = packages.everywhere("package")
	return repository, repository.checkInfo(join(folder, "XS-REPOSITORY"))
}

// checkInfo finds the element that describes the repository, wherever it is.
func (r *LegacyRepository) checkInfo(path string) error {
	found := r.document.everywhere("repository")
	if len(found) == 0 {
		return &Fault{Rule: "E11", Path: path, Line: r.document.Line, Message: "there is no <repository> in it: its root is <" + r.document.Name + ">"}
	}
	r.info = found[0]
	if err := mandatory(path, r.info, []string{"originator", "name", "product", "version"}); err != nil {
		return err
	}
	descriptions := r.document.everywhere("description")
	if len(descriptions) == 0 {
		return &Fault{Rule: "E11", Path: path, Line: r.info.Line, Message: "<description> is missing"}
	}
	// Python 2 encodes it as ASCII.
	if strings.IndexFunc(descriptions[0].Text, func(char rune) bool { return char > 127 }) >= 0 {
		return &Fault{Rule: "E11", Path: path, Line: descriptions[0].Line, Message: "<description> has characters outside ASCII, which the installer cannot read"}
	}
	return nil
}

func readLegacy(path string, text []byte) (*Element, error) {
	document, err := parseXML(text)
	if err != nil {
		return nil, &Fault{Rule: "E11", Path: path, Line: err.(*XMLError).Line, Message: "it is not XML", Detail: err.Error()}
	}
	return document, nil
}

func mandatory(path string, element *Element, names []string) error {
	for _, name := range names {
		if _, there := element.Attributes[name]; !there {
			return &Fault{Rule: "E11", Path: path, Line: element.Line, Message: "<" + element.Name + `> lacks the attribute "` + name + `"`}
		}
	}
	return nil
}

func checkMain(repositories []*LegacyRepository, release Release) error {
	main, other := release.layout().Main, ""
	for _, repository := range repositories {
		switch id := repository.id(); id {
		case main:
			return nil
		case "xs:main", "xcp:main":
			other = id
		}
	}
	if other != "" {
		return fault("E18", "packages.main", "it is %s, and %s looks for %s", other, release.Product, main)
	}
	return fault("E18", "packages.main", `there is no %s: "Main repository not found at the specified location"`, main)
}

// checkPack: a csp host of these releases needs the Cloud Service Providers pack (see its README). No vendor's installer checks that.
func checkPack(repositories []*LegacyRepository, release Release) error {
	if release.AtLeast("6.1") {
		return nil
	}
	wanted := []string{"arptables", "ebtables", "ipset"}
	if release.Target == "5.6" {
		wanted = append(wanted, "kernel-csp-xen")
	}
	var missing []string
	for _, name := range wanted {
		there := false
		for _, repository := range repositories {
			for _, entry := range repository.packages {
				there = there || strings.HasPrefix(entry.Text, name+"-")
			}
		}
		if !there {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	them := "them"
	if len(missing) == 1 {
		them = "it"
	}
	return fault("E20", listFile, "a csp host on %s needs %s, and no listed repository has %s", release.Product, strings.Join(missing, ", "), them)
}

var signs = map[string]string{"eq": "=", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">="}

// checkRequirements checks in the order of the list that what is required has been installed before.
func (r *LegacyRepository) checkRequirements(installed Installed, release Release) error {
	path := join(r.folder, "XS-REPOSITORY")
	if _, readable := parseVersion(r.info.Attributes["version"], r.info.Attributes["build"], release); !readable {
		return fault("E13", path, "%s cannot read its version %s", release.Product, quoted(versionText(r.info.Attributes)))
	}
	for _, requires := range r.document.everywhere("requires") {
		needs := requires.Attributes
		id := needs["originator"] + ":" + needs["name"]
		what := "it requires " + id + " " + signs[needs["test"]] + " " + versionText(needs)
		unmet := func(rest string) error {
			return &Fault{Rule: "E13", Path: path, Line: requires.Line, Message: what + rest}
		}
		required, readable := parseVersion(needs["version"], needs["build"], release)
		if !readable {
			return unmet(", a version that " + release.Product + " cannot read")
		}
		there := installed[id]
		if there == nil {
			return unmet(", which is not")
		}
		met := false
		var versions []string
		for _, each := range there {
			versions = append(versions, versionText(each))
			version, readable := parseVersion(each["version"], each["build"], release)
			meets, err := version.meets(needs["test"], required)
			if readable && err != nil && !met {
				return unmet(", which " + release.Product + " cannot compare with " + strings.Join(versions, " and "))
			}
			met = met || readable && meets
		}
		if !met {
			return unmet(", and there is " + strings.Join(versions, " and "))
		}
	}
	return nil
}

func versionText(attributes map[string]string) string {
	if build, there := attributes["build"]; there {
		return attributes["version"] + "-" + build
	}
	return attributes["version"]
}

func (r *LegacyRepository) install(system System, base string, report *Report) error {
	for _, entry := range r.packages {
		list := join(r.folder, "XS-PACKAGES")
		if err := mandatory(list, entry, []string{"label", "type", "size", "md5"}); err != nil {
			return err
		}
		path := join(r.folder, entry.Text)
		bytes, err := fetchIfThere(base + "/" + path)
		if err != nil {
			return err
		}
		if bytes == nil {
			return fault("E12", path, "it is listed, but missing")
		}
		sum := md5.Sum(bytes)
		wanted := strings.ToLower(entry.Attributes["md5"])
		if size, err := strconv.Atoi(entry.Attributes["size"]); err != nil || size != len(bytes) {
			return fault("E12", path, "it has %d bytes and must have %s", len(bytes), entry.Attributes["size"])
		}
		if got := hex.EncodeToString(sum[:]); got != wanted {
			return fault("E12", path, "its MD5 is %s and must be %s", got, wanted)
		}
		say("installing %s", path)
		switch kind := entry.Attributes["type"]; kind {
		case "tbz2":
			err = system.unpackTar(bytes, entry.Attributes["root"])
		case "rpm", "driver-rpm":
			err = system.unpackRPM(bytes)
		default:
			err = &Fault{Rule: "E11", Path: list, Line: entry.Line, Message: "package " + quoted(entry.Attributes["label"]) + " has the type " + quoted(kind) + ", which no installer knows"}
		}
		if err != nil {
			return err
		}
		report.Packages++
	}
	// The folder in which the installed host records its repositories.
	record := "/etc/xensource/installed-repos/" + r.id()
	if err := system.writeFile(record+"/XS-REPOSITORY", r.infoText, 0o644); err != nil {
		return err
	}
	return system.writeFile(record+"/XS-PACKAGES", r.listText, 0o644)
}
