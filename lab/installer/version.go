package main

import (
	"regexp"
	"strconv"
	"strings"
)

// Version of a repository, as the installer of a release compares it: 5.6 counts a build after "-" that ends in a letter, if the required
// version has one (product.py); later ones ignore everything after the first "-" (python-libs, version.py).
type Version struct {
	arcs  []int
	build int
}

const noBuild = -1

var (
	withBuild = regexp.MustCompile(`^(.*)-(\d+)[A-Za-z]$`)
	dotted    = regexp.MustCompile(`^\d+(\.\d+)*$`)
)

func parseVersion(version, build string, release Release) (Version, bool) {
	text := version
	if build != "" {
		text += "-" + build
	}
	parsed := Version{build: noBuild}
	if release.AtLeast("6.0") {
		text, _, _ = strings.Cut(text, "-")
	} else if match := withBuild.FindStringSubmatch(text); match != nil {
		text = match[1]
		parsed.build, _ = strconv.Atoi(match[2])
	}
	if !dotted.MatchString(text) {
		return parsed, false
	}
	for _, arc := range strings.Split(text, ".") {
		number, err := strconv.Atoi(arc)
		if err != nil {
			return parsed, false
		}
		parsed.arcs = append(parsed.arcs, number)
	}
	return parsed, true
}

func (v Version) meets(test string, required Version) bool {
	order := v.compare(required)
	switch test {
	case "eq":
		return order == 0
	case "ne":
		return order != 0
	case "lt":
		return order < 0
	case "gt":
		return order > 0
	case "le":
		return order <= 0
	case "ge":
		return order >= 0
	}
	return false
}

func (v Version) compare(other Version) int {
	at := func(arcs []int, index int) int {
		if index < len(arcs) {
			return arcs[index]
		}
		return -1
	}
	for index := 0; index < len(v.arcs) || index < len(other.arcs); index++ {
		if difference := at(v.arcs, index) - at(other.arcs, index); difference != 0 {
			return difference
		}
	}
	if other.build == noBuild {
		return 0
	}
	return v.build - other.build
}
