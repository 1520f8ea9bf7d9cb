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

// LegacyRepository is one of the layout of 5.6 to 7.0.
type LegacyRepository struct {
	folder             string
	info, packages     *Element
	infoText, listText []byte
}

func (r *LegacyRepository) id() string {
	return r.info.Attributes["originator"] + ":" + r.info.Attributes["name"]
}

func installLegacy(system System, base string, release Release, report *Report) error {
	repositories, err := findRepositories(base, release)
	if err != nil {
		return err
	}
	if err := checkMain(repositories, release); err != nil {
		return err
	}
	if release.CSP {
		if err := checkPack(repositories, release); err != nil {
			return err
		}
	}
	installed := map[string]*LegacyRepository{}
	for _, repository := range repositories {
		if err := repository.checkRequirements(installed, release); err != nil {
			return err
		}
		if err := repository.install(system, base, report); err != nil {
			return err
		}
		installed[repository.id()] = repository
		report.Repositories = append(report.Repositories, repository.id())
	}
	return nil
}

func findRepositories(base string, release Release) ([]*LegacyRepository, error) {
	list, err := fetchIfThere(base + "/" + listFile)
	if err != nil {
		return nil, err
	}
	if list == nil && release.AtLeast("6.0") {
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
	if repository.info, err = readLegacy(join(folder, "XS-REPOSITORY"), repository.infoText, "repository"); err != nil {
		return nil, err
	}
	if repository.packages, err = readLegacy(join(folder, "XS-PACKAGES"), repository.listText, "packages"); err != nil {
		return nil, err
	}
	return repository, nil
}

func readLegacy(path string, text []byte, root string) (*Element, error) {
	document, err := parseXML(text)
	if err != nil {
		return nil, &Fault{Rule: "E11", Path: path, Line: err.(*XMLError).Line, Message: "it is not XML", Detail: err.Error()}
	}
	if document.Name != root {
		return nil, &Fault{Rule: "E11", Path: path, Line: document.Line, Message: "its root is <" + document.Name + "> and must be <" + root + ">"}
	}
	needed := map[string][]string{"repository": {"originator", "name", "product", "version"}}[root]
	return document, mandatory(path, document, needed)
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
	main, other := "xs:main", ""
	if release.AtLeast("6.0") {
		main = "xcp:main"
	}
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
			for _, entry := range repository.packages.all("package") {
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
func (r *LegacyRepository) checkRequirements(installed map[string]*LegacyRepository, release Release) error {
	path := join(r.folder, "XS-REPOSITORY")
	for _, requires := range r.info.all("requires") {
		needs := requires.Attributes
		id := needs["originator"] + ":" + needs["name"]
		what := "it requires " + id + " " + signs[needs["test"]] + " " + versionText(needs)
		unmet := func(rest string) error {
			return &Fault{Rule: "E13", Path: path, Line: requires.Line, Message: what + rest}
		}
		there := installed[id]
		if there == nil {
			return unmet(", which is not")
		}
		required, readable := parseVersion(needs["version"], needs["build"], release)
		if !readable {
			return unmet(", a version that " + release.Product + " cannot read")
		}
		version, readable := parseVersion(there.info.Attributes["version"], there.info.Attributes["build"], release)
		if readable && !version.meets(needs["test"], required) {
			return unmet(", and there is " + versionText(there.info.Attributes))
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
	for _, entry := range r.packages.all("package") {
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
