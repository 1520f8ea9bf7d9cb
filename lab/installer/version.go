package main

import (
	"errors"
	"strconv"
	"strings"
)

// Version of a repository, as the installer of a release compares it.
//
// 5.6 (product.py): the text between dots is a number, or a text. If the last one has a "-" and ends in a letter, what stands between is the
// build, without the letter. Any other text with "-" is a number of subparts. The build is one more part, if the required version has one.
// Later ones ignore everything after the first "-" (python-libs, version.py), and can compare numbers only.
type Version struct {
	parts []string
	build string
	old   bool
}

// noBuild stands for a build that is not there, which 5.6 takes for -1. No document contains this character.
const noBuild = "\x00"

var errIncomparable = errors.New("it cannot be compared")

func parseVersion(version, build string, release Release) (Version, bool) {
	text := version
	if build != "" {
		text += "-" + build
	}
	if release.AtLeast("6.0") {
		text, _, _ = strings.Cut(text, "-")
		return Version{parts: strings.Split(text, ".")}, true
	}
	parsed := Version{parts: strings.Split(text, "."), old: true}
	last := parsed.parts[len(parsed.parts)-1]
	cut := strings.LastIndex(last, "-")
	if cut < 0 || !isLetter(last[len(last)-1]) {
		return parsed, true
	}
	number, err := strconv.ParseInt(strings.Trim(last[cut+1:len(last)-1], " \t\n\v\f\r"), 10, 64)
	if err != nil {
		return parsed, false
	}
	parsed.parts[len(parsed.parts)-1] = last[:cut]
	parsed.build = strconv.FormatInt(number, 10)
	return parsed, true
}

func isLetter(char byte) bool {
	return 'a' <= char|0x20 && char|0x20 <= 'z'
}

// meets fails where the installer would stop.
func (v Version) meets(test string, required Version) (bool, error) {
	order, err := v.compare(required)
	if err != nil {
		return false, err
	}
	switch test {
	case "eq":
		return order == 0, nil
	case "ne":
		return order != 0, nil
	case "lt":
		return order < 0, nil
	case "gt":
		return order > 0, nil
	case "le":
		return order <= 0, nil
	case "ge":
		return order >= 0, nil
	}
	return false, nil
}

func (v Version) compare(other Version) (int, error) {
	left, right := v.parts, other.parts
	if other.build != "" {
		own := v.build
		if own == "" {
			own = noBuild
		}
		left, right = append(append([]string{}, left...), own), append(append([]string{}, right...), other.build)
	}
	return compareParts(left, right, other.old)
}

// compareParts: the first part that differs decides, then the length.
func compareParts(left, right []string, old bool) (int, error) {
	for at := 0; at < min(len(left), len(right)); at++ {
		order, err := comparePart(left[at], right[at], old)
		if order != 0 || err != nil {
			return order, err
		}
	}
	return len(left) - len(right), nil
}

func comparePart(left, right string, old bool) (int, error) {
	l, leftNumber := number(left, old)
	r, rightNumber := number(right, old)
	if leftNumber && rightNumber {
		return sign(l - r), nil
	}
	leftNested, rightNested := !leftNumber && strings.Contains(left, "-"), !rightNumber && strings.Contains(right, "-")
	switch {
	case !old:
		return 0, errIncomparable
	case leftNumber && rightNested:
		return compareParts([]string{left}, strings.Split(right, "-"), old)
	case leftNested && rightNumber:
		return compareParts(strings.Split(left, "-"), []string{right}, old)
	case leftNested && rightNested:
		return compareParts(strings.Split(left, "-"), strings.Split(right, "-"), old)
	case leftNested:
		return -1, nil
	}
	return 0, errIncomparable
}

// number reads what Python's isdigit takes for a number, and the build that is not there. 5.6 has 32 bits, and compares no larger ones.
func number(text string, old bool) (int64, bool) {
	if text == noBuild {
		return -1, true
	}
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	value, err := strconv.ParseInt(text, 10, 64)
	return value, err == nil && (!old || value <= 1<<31-1)
}

func sign(value int64) int {
	switch {
	case value < 0:
		return -1
	case value > 0:
		return 1
	}
	return 0
}
