package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strconv"
	"strings"
)

const repomd = "repodata/repomd.xml"

// installHybrid installs 7.0: the base has .treeinfo and yum metadata, packs are folders that XS-REPOSITORY-LIST names.
func installHybrid(system System, base string, release Release, report *Report) error {
	if err := installYum(system, []string{base}, release, report); err != nil {
		return err
	}
	// What packs require is xcp:main, or xs:main by its old name; it has the version of the product or of the platform.
	text, err := fetch(base + "/.treeinfo")
	if err != nil {
		return err
	}
	_, version := treeInfo(string(text))
	main := []map[string]string{{"version": version}}
	if platform := iniSections(string(text))["platform"]["version"]; platform != "" {
		main = append(main, map[string]string{"version": platform})
	}
	return installFolders(system, base, release, report, Installed{"xcp:main": main, "xs:main": main})
}

// installYum installs main media with .treeinfo and, from 7.1 on, packs with update.xml. All have yum metadata.
func installYum(system System, sources []string, release Release, report *Report) error {
	main := false
	for _, source := range sources {
		info, err := fetchIfThere(source + "/.treeinfo")
		if err != nil {
			return err
		}
		if info != nil {
			if err := checkTreeInfo(string(info), release); err != nil {
				return err
			}
			main = true
		}
	}
	if !main && release.layout().Packs == "folders" {
		return fault("E17", ".treeinfo", "it is missing, so the installer finds no main repository")
	}
	if !main {
		return fault("E17", ".treeinfo", `it is missing, so the installer takes this for an ordinary yum repository and ends with "No main repository found"`)
	}
	for _, source := range sources {
		if err := installYumSource(system, source, report); err != nil {
			return err
		}
		report.Repositories = append(report.Repositories, source)
	}
	return nil
}

func checkTreeInfo(text string, release Release) error {
	name, version := treeInfo(text)
	if name == "" || version == "" {
		return fault("E17", ".treeinfo", `the installer cannot read it ("Failed to read .treeinfo"): it names no product and version`)
	}
	say("base media: %s %s", name, version)
	arcs := strings.Split(version, ".")
	short := strings.Join(arcs[:min(len(arcs), 2)], ".")
	if short != release.Target && "xs"+arcs[0] != release.Target {
		return fault("E17", ".treeinfo", "it is %s %s, but the host boots the installer of %s", name, version, release.Product)
	}
	return nil
}

// treeInfo finds product and version in the new section or the old ones.
func treeInfo(text string) (name, version string) {
	sections := iniSections(text)
	for _, each := range [][3]string{{"system-v1", "product_name", "product_version"}, {"branding", "name", "version"}, {"platform", "name", "version"}} {
		if there, ok := sections[each[0]]; ok {
			return there[each[1]], there[each[2]]
		}
	}
	return "", ""
}

func iniSections(text string) map[string]map[string]string {
	sections := map[string]map[string]string{}
	section := ""
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			section = strings.Trim(line, "[]")
			sections[section] = map[string]string{}
		} else if at := strings.IndexAny(line, "=:"); at > 0 && section != "" {
			sections[section][strings.TrimSpace(line[:at])] = strings.TrimSpace(line[at+1:])
		}
	}
	return sections
}

func installYumSource(system System, source string, report *Report) error {
	packages, err := readPrimary(source)
	if err != nil {
		return err
	}
	for _, entry := range packages.all("package") {
		path := entry.href()
		sum := entry.first("checksum")
		if sum == nil || sum.Attributes["type"] != "sha256" {
			return fault("E17", path, "it has no SHA-256 of %s, and the installer takes no other sum", path)
		}
		text, err := fetchIfThere(source + "/" + path)
		if err != nil {
			return err
		}
		if text == nil {
			return fault("E12", path, "it is listed, but missing")
		}
		if size := entry.first("size"); size != nil {
			if bytes, err := strconv.Atoi(size.Attributes["package"]); err == nil && bytes != len(text) {
				return fault("E12", path, "it has %d bytes and must have %d", len(text), bytes)
			}
		}
		if got := sha256Of(text); got != strings.ToLower(sum.Text) {
			return fault("E12", path, "its SHA-256 is %s and must be %s", got, strings.ToLower(sum.Text))
		}
		say("installing %s", path)
		if err := system.unpackRPM(text); err != nil {
			return err
		}
		report.Packages++
	}
	return nil
}

func readPrimary(source string) (*Element, error) {
	text, err := fetchIfThere(source + "/" + repomd)
	if err != nil {
		return nil, err
	}
	if text == nil {
		return nil, fault("E17", repomd, "it is missing, so the installer finds no main repository")
	}
	index, err := parseXML(text)
	if err != nil {
		return nil, fault("E17", repomd, "it is not XML")
	}
	for _, data := range index.all("data") {
		if data.Attributes["type"] != "primary" {
			continue
		}
		path := data.href()
		packed, err := fetchIfThere(source + "/" + path)
		if err != nil {
			return nil, err
		}
		if packed == nil {
			return nil, fault("E17", repomd, "it names %s, which is not there", path)
		}
		if sum := data.first("checksum"); sum != nil && sum.Attributes["type"] == "sha256" && sha256Of(packed) != strings.ToLower(sum.Text) {
			return nil, fault("E17", path, "its SHA-256 is %s, and repomd.xml says %s", sha256Of(packed), strings.ToLower(sum.Text))
		}
		reader, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			return nil, fault("E17", path, "the installer reads only gzipped primary metadata")
		}
		plain, err := io.ReadAll(reader)
		if err != nil {
			return nil, err
		}
		document, err := parseXML(plain)
		if err != nil {
			return nil, fault("E17", path, "it is not XML")
		}
		return document, nil
	}
	return nil, fault("E17", repomd, "it names no primary metadata, so there are no packages")
}

func (e *Element) href() string {
	if location := e.first("location"); location != nil {
		return strings.TrimPrefix(location.Attributes["href"], "./")
	}
	return ""
}

func sha256Of(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
