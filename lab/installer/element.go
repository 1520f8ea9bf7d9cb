package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// Element is an element of an answerfile or of a repository's metadata, as installers read it.
type Element struct {
	Name       string
	Attributes map[string]string
	Children   []*Element
	Parent     *Element
	// Text is the text between its own tags, trimmed, without CDATA (python-libs, xcp/xmlunwrap.py getText).
	Text string
	Line int
}

// XMLError says why bytes are not a document.
type XMLError struct {
	Problem string
	Line    int
}

func (e *XMLError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Problem) }

func parseXML(source []byte) (*Element, error) {
	decoder := xml.NewDecoder(bytes.NewReader(source))
	decoder.CharsetReader = func(charset string, input io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "us-ascii") || strings.EqualFold(charset, "ascii") {
			return input, nil
		}
		return nil, fmt.Errorf("this installer reads UTF-8 only, and not %s", charset)
	}
	var root, at *Element
	stop := func(line int, problem string) (*Element, error) { return nil, &XMLError{problem, line} }
	for {
		line, _ := decoder.InputPos()
		start := decoder.InputOffset()
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			line, _ = decoder.InputPos()
			return stop(line, err.Error())
		}
		switch token := token.(type) {
		case xml.StartElement:
			if at == nil && root != nil {
				return stop(line, "there is something behind the root element")
			}
			element := &Element{Name: qualified(token.Name), Attributes: map[string]string{}, Parent: at, Line: line}
			for _, attribute := range token.Attr {
				name := qualified(attribute.Name)
				if _, twice := element.Attributes[name]; twice {
					return stop(line, "the attribute "+name+" is there twice")
				}
				element.Attributes[name] = attribute.Value
			}
			if at == nil {
				root = element
			} else {
				at.Children = append(at.Children, element)
			}
			at = element
		case xml.EndElement:
			at.Text = strings.TrimSpace(at.Text)
			at = at.Parent
		case xml.CharData:
			if at != nil && !bytes.HasPrefix(source[start:], []byte("<![CDATA[")) {
				at.Text += string(token)
			} else if at == nil && len(bytes.TrimSpace(token)) > 0 {
				return stop(line, "there is text outside the root element")
			}
		}
	}
	if root == nil {
		return stop(1, "there is no element in it")
	}
	return root, nil
}

func qualified(name xml.Name) string {
	return name.Local
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

// lacks is a fault about a missing child, "/gateway", or a missing attribute, "@type".
func (e *Element) lacks(rule, what, format string, values ...any) *Fault {
	missing := e.broken(rule, format, values...)
	missing.Path += what
	return missing
}
