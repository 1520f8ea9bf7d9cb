package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// XMLError says why bytes are not a document.
type XMLError struct {
	Problem string
	Line    int
}

func (e *XMLError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Problem) }

// parseXML reads a document as Python's minidom does with expat. Go's decoder knows most of the rules; the others are here: where a declaration may
// be and what it says, prefixes that nobody declared, blanks between attributes, what may be outside the root.
func parseXML(source []byte) (*Element, error) {
	text, err := decoded(source)
	if err != nil {
		return nil, &XMLError{err.Error(), 1}
	}
	builder := &builder{source: text, decoder: xml.NewDecoder(bytes.NewReader(text))}
	for {
		line, _ := builder.decoder.InputPos()
		builder.line, builder.start = line, builder.decoder.InputOffset()
		token, err := builder.decoder.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			line, _ = builder.decoder.InputPos()
			return nil, &XMLError{err.Error(), line}
		}
		if problem := builder.take(token); problem != "" {
			return nil, &XMLError{problem, line}
		}
	}
	switch {
	case builder.root == nil:
		return nil, &XMLError{"there is no element in it", 1}
	case builder.at != nil:
		return nil, &XMLError{"it ends before " + builder.at.Name + " does", builder.line}
	}
	return builder.root, nil
}

type builder struct {
	source   []byte
	decoder  *xml.Decoder
	root, at *Element
	line     int
	start    int64
	doctype  bool
}

// take returns what is wrong with a token, if anything is.
func (b *builder) take(token xml.Token) string {
	raw := b.source[b.start:b.decoder.InputOffset()]
	switch token := token.(type) {
	case xml.StartElement:
		return b.open(token, raw)
	case xml.EndElement:
		if b.at == nil || b.at.Name != qualified(token.Name) {
			return "</" + qualified(token.Name) + "> ends another element than the one that is open"
		}
		b.at.Text = strings.TrimSpace(b.at.RawText)
		b.at = b.at.Parent
	case xml.CharData:
		cdata := bytes.HasPrefix(raw, []byte("<![CDATA["))
		if b.at == nil && (cdata || len(bytes.Trim(raw, " \t\r\n")) > 0) {
			return "there is text outside the root element"
		}
		if b.at != nil {
			b.at.begins(string(token))
			if !cdata {
				b.at.RawText += string(token)
			}
		}
	case xml.Comment:
		if b.at != nil {
			b.at.begins(string(token))
		}
	case xml.ProcInst:
		if strings.EqualFold(token.Target, "xml") {
			return "an XML declaration is somewhere else than at the very beginning"
		}
		if rest := string(raw[len("<?")+len(token.Target):]); strings.Contains(token.Target, ":") || rest != "?>" && !strings.ContainsAny(rest[:1], " \t\r\n") {
			return "the name of a processing instruction is wrong"
		}
		if b.at != nil {
			b.at.begins(string(token.Inst))
		}
	case xml.Directive:
		return b.declare(string(token))
	}
	return ""
}

func (b *builder) open(token xml.StartElement, raw []byte) string {
	if b.at == nil && b.root != nil {
		return "there is something behind the root element"
	}
	if crowded(raw) {
		return "there is no blank between two attributes"
	}
	for _, attribute := range append(token.Attr, xml.Attr{Name: token.Name}) {
		// Two parts that are not empty have been taken apart already.
		if strings.Contains(attribute.Name.Local, ":") {
			return attribute.Name.Local + " is no name"
		}
	}
	element := &Element{Name: qualified(token.Name), Attributes: map[string]string{}, Parent: b.at, Line: b.line}
	for _, attribute := range token.Attr {
		name := qualified(attribute.Name)
		if _, twice := element.Attributes[name]; twice {
			return "the attribute " + name + " is there twice"
		}
		element.Attributes[name] = whiteSpace.Replace(attribute.Value)
	}
	if b.at == nil {
		b.root = element
	} else {
		b.at.Children = append(b.at.Children, element)
		b.at.begins("")
	}
	if !element.declares(token.Name.Space) {
		return "nobody declares the prefix " + token.Name.Space
	}
	for _, attribute := range token.Attr {
		if !element.declares(attribute.Name.Space) {
			return "nobody declares the prefix " + attribute.Name.Space
		}
	}
	b.at = element
	return ""
}

// Attributes' white space is all blanks.
var whiteSpace = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ")

// crowded finds the end of a quoted value that no blank follows, in a start tag.
func crowded(tag []byte) bool {
	var quote byte
	for index, each := range tag {
		switch {
		case quote == 0 && (each == '"' || each == '\''):
			quote = each
		case quote != 0 && each == quote:
			quote = 0
			if index+1 < len(tag) && !bytes.ContainsRune([]byte(" \t\r\n/>"), rune(tag[index+1])) {
				return true
			}
		}
	}
	return false
}

var (
	doctype = regexp.MustCompile(`^DOCTYPE\s+[^\s\[<>&]+(?:\s+(?:SYSTEM|PUBLIC\s+(?:"[^"]*"|'[^']*'))\s+(?:"[^"]*"|'[^']*'))?\s*(?s:\[.*\])?\s*$`)
	entity  = regexp.MustCompile(`<!ENTITY\s+([^\s%&;]+)\s+(?:"([^"<&%]*)"|'([^'<&%]*)')\s*>`)
)

// declare takes a document type with the entities that it defines.
func (b *builder) declare(text string) string {
	if !doctype.MatchString(text) || b.doctype || b.root != nil {
		return "there is a declaration where none may be"
	}
	b.doctype = true
	b.decoder.Entity = map[string]string{}
	for _, each := range entity.FindAllStringSubmatch(text, -1) {
		b.decoder.Entity[each[1]] = each[2] + each[3]
	}
	return ""
}

func qualified(name xml.Name) string {
	if name.Space == "" {
		return name.Local
	}
	return name.Space + ":" + name.Local
}

var declaration = regexp.MustCompile(`^<\?xml\s+version\s*=\s*(?:"[\w.:-]+"|'[\w.:-]+')(?:\s+encoding\s*=\s*["']([A-Za-z][\w.-]*)["'])?(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>`)

// decoded is the text in UTF-8 without its declaration: expat takes any version there, Go's decoder 1.0 only. Blanks keep its place.
func decoded(source []byte) ([]byte, error) {
	wide := false
	if text, ok := fromUTF16(source); ok {
		source, wide = text, true
	}
	source = bytes.TrimPrefix(source, []byte("\xef\xbb\xbf"))
	charset := "utf-8"
	if bytes.HasPrefix(source, []byte("<?xml")) && len(source) > 5 && strings.ContainsRune(" \t\r\n", rune(source[5])) {
		match := declaration.FindSubmatch(source)
		if match == nil {
			return nil, fmt.Errorf("the XML declaration is wrong")
		}
		if match[1] != nil {
			charset = strings.ToLower(string(match[1]))
		}
		source = append(regexp.MustCompile(`[^\r\n]`).ReplaceAll(match[0], []byte(" ")), source[len(match[0]):]...)
	}
	if wide {
		return source, nil
	}
	return fromCharset(source, charset)
}

func fromCharset(source []byte, charset string) ([]byte, error) {
	switch strings.NewReplacer("-", "", "_", "").Replace(charset) {
	case "utf8", "utf":
		if !utf8.Valid(source) {
			return nil, fmt.Errorf("it is not UTF-8")
		}
		return source, nil
	case "usascii", "ascii":
		for _, each := range source {
			if each > 0x7f {
				return nil, fmt.Errorf("it is not ASCII")
			}
		}
		return source, nil
	case "iso88591", "latin1", "l1":
		runes := make([]rune, len(source))
		for index, each := range source {
			runes[index] = rune(each)
		}
		return []byte(string(runes)), nil
	}
	// UTF-16 too: without its mark, the declaration itself contradicts it.
	return nil, fmt.Errorf("this installer does not read %s", charset)
}

// fromUTF16 takes what begins with a byte order mark.
func fromUTF16(source []byte) ([]byte, bool) {
	little := bytes.HasPrefix(source, []byte("\xff\xfe"))
	if !little && !bytes.HasPrefix(source, []byte("\xfe\xff")) || len(source)%2 != 0 {
		return nil, false
	}
	units := make([]uint16, 0, len(source)/2)
	for index := 2; index < len(source); index += 2 {
		first, second := uint16(source[index]), uint16(source[index+1])
		if little {
			first, second = second, first
		}
		units = append(units, first<<8|second)
	}
	return []byte(string(utf16.Decode(units))), true
}
