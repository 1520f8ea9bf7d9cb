package main

import (
	"fmt"
	"strings"
)

// Element is an element of an answerfile or of a repository's metadata, as installers read it.
type Element struct {
	// Name is as it is written, with a prefix if there is one: installers look for that.
	Name       string
	Attributes map[string]string
	Children   []*Element
	Parent     *Element
	// RawText is the text between its own tags, without CDATA (python-libs, xcp/xmlunwrap.py getText).
	RawText string
	// Text is the same, trimmed.
	Text string
	Line int
	// First is what its first child says, be it text, CDATA or a comment; nil without a child.
	First *string
}

func (e *Element) begins(text string) {
	if e.First == nil {
		e.First = &text
	}
}

// declares says whether a prefix means something here.
func (e *Element) declares(prefix string) bool {
	if prefix == "" || prefix == "xml" || prefix == "xmlns" {
		return true
	}
	for at := e; at != nil; at = at.Parent {
		if at.Attributes["xmlns:"+prefix] != "" {
			return true
		}
	}
	return false
}

// all finds elements at any depth, those with the first name before those with the second, as installers read aliases.
func (e *Element) all(names ...string) []*Element {
	var found []*Element
	for _, name := range names {
		e.walk(func(each *Element) {
			if each.Name == name {
				found = append(found, each)
			}
		})
	}
	return found
}

// everywhere finds elements as a search of the document does: the root too.
func (e *Element) everywhere(name string) []*Element {
	found := e.all(name)
	if e.Name == name {
		found = append([]*Element{e}, found...)
	}
	return found
}

func (e *Element) walk(visit func(*Element)) {
	for _, child := range e.Children {
		visit(child)
		child.walk(visit)
	}
}

func (e *Element) first(names ...string) *Element {
	if found := e.all(names...); len(found) > 0 {
		return found[0]
	}
	return nil
}

func (e *Element) path() string {
	if e.Parent == nil {
		return e.Name
	}
	return e.Parent.path() + "/" + e.Name
}

// broken is a fault of this element.
func (e *Element) broken(rule, format string, values ...any) *Fault {
	return &Fault{Rule: rule, Path: e.path(), Line: e.Line, Message: fmt.Sprintf(format, values...)}
}

// lacks is a fault about a missing child, "/gateway", or about an attribute, "@type".
func (e *Element) lacks(rule, what, format string, values ...any) *Fault {
	missing := e.broken(rule, format, values...)
	missing.Path += what
	return missing
}

// notOneOf is how csp says that a value is none of some words.
func notOneOf(value string, words []string) string {
	shown := make([]string, len(words))
	for index, word := range words {
		shown[index] = word
		if word == "" {
			shown[index] = "nothing"
		}
	}
	return fmt.Sprintf("%s is not one of %s, and the installer stops", quoted(value), strings.Join(shown, ", "))
}
