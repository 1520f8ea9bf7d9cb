package main

import (
	"strings"
)

// Reader takes words from an answerfile as one release's parser does, and stops at the first that this parser stops at. It stops with a panic, which
// reading turns into an error: what follows a word is never looked at, as in the parsers.
type Reader struct {
	root    *Element
	release Release
}

func stop(fault *Fault) { panic(fault) }

// reading runs a part of the reading, and gives what stopped it.
func reading(part func()) (err error) {
	defer func() {
		if caught := recover(); caught != nil {
			fault, ok := caught.(*Fault)
			if !ok {
				panic(caught)
			}
			err = fault
		}
	}()
	part()
	return nil
}

// text is an element's text. The old parser trims nothing.
func (r *Reader) text(element *Element) string {
	text := element.Text
	if r.release.Old() {
		text = element.RawText
	}
	r.ascii(element, text)
	return text
}

// attribute is the first of some attributes with a value. The parser converts all of them, also those that it does not take then.
func (r *Reader) attribute(element *Element, names ...string) string {
	value := ""
	for _, name := range names {
		given := element.Attributes[name]
		if !r.release.Old() {
			r.ascii(element, given)
		}
		if value == "" {
			value = given
		}
	}
	return value
}

func (r *Reader) ascii(element *Element, text string) {
	if !r.release.Python2() {
		return
	}
	for _, each := range text {
		if each > 0x7f {
			stop(element.broken("E3", "%s has a character that is not ASCII, and this installer stops at it", quoted(text)))
		}
	}
}

func (r *Reader) required(element *Element, name, why string) string {
	value := r.attribute(element, name)
	if value == "" {
		stop(element.lacks("E2", "@"+name, "the attribute is missing: %s", why))
	}
	return value
}

// flag: everything except yes and true is no.
func (r *Reader) flag(element *Element, otherwise bool, names ...string) bool {
	switch strings.ToLower(r.attribute(element, names...)) {
	case "":
		return otherwise
	case "yes", "true":
		return true
	}
	return false
}

// oneOf is an attribute that takes some words only.
func (r *Reader) oneOf(element *Element, otherwise string, allowed []string, names ...string) string {
	value := r.attribute(element, names...)
	if value == "" {
		return otherwise
	}
	if !contains(allowed, value) {
		name := names[0]
		if element.Attributes[name] == "" {
			name = names[len(names)-1]
		}
		stop(element.lacks("E3", "@"+name, "%s", notOneOf(value, allowed)))
	}
	return value
}

// mandatory is the first of some elements, which an installation needs.
func (r *Reader) mandatory(mode Mode, name string) *Element {
	element := r.root.first(name)
	if element == nil {
		stop(r.root.lacks("E2", "/"+name, "%s is missing, and the installer stops: %s needs it", name, mode))
	}
	return element
}

// counts is the element that the parser takes: the first, or for the old parser the only one.
func (r *Reader) counts(name string) *Element {
	found := r.root.all(name)
	if len(found) == 0 || r.release.Old() && len(found) > 1 {
		return nil
	}
	return found[0]
}

// only is an element that counts if it is there exactly once, in any release.
func (r *Reader) only(name string) *Element {
	if found := r.root.all(name); len(found) == 1 {
		return found[0]
	}
	return nil
}

// disk is a disk's device.
func (r *Reader) disk(element *Element, text string) string {
	if strings.HasPrefix(text, "iscsi:") && !r.release.Old() {
		if !r.release.knowsIscsi() {
			stop(element.broken("E8", "installers from 7.6 on no longer know iscsi: disks, and stop"))
		}
		return text
	}
	if strings.HasPrefix(text, "/dev/") {
		return text
	}
	return "/dev/" + text
}

func contains(words []string, word string) bool {
	for _, each := range words {
		if each == word {
			return true
		}
	}
	return false
}
