package main

import "strings"

const nfsScheme = "nfs://"

func (r *Reader) sources(mode Mode) []Source {
	r.mandatory(mode, "source")
	elements := r.root.all("source")
	if !r.release.severalSources() {
		elements = elements[:1]
	}
	var sources []Source
	for _, element := range elements {
		source := r.source(element)
		if r.release.reads("@gpgcheck") {
			source.RepoCheck, source.Check = r.maybe(element, "repo-gpgcheck"), r.maybe(element, "gpgcheck")
		}
		sources = append(sources, source)
	}
	return sources
}

func (r *Reader) driverSources() []Source {
	var sources []Source
	for _, element := range r.root.all("driver-source") {
		sources = append(sources, r.source(element))
	}
	return sources
}

var mediaKinds = []string{"local", "url", "nfs"}

func (r *Reader) source(element *Element) Source {
	media := r.required(element, "type", "it says whether it is local, url or nfs")
	if !contains(mediaKinds, media) {
		stop(element.lacks("E3", "@type", "%s", notOneOf(media, mediaKinds)))
	}
	source := Source{Media: media, Address: "Install disc", element: element}
	if media == "local" {
		return source
	}
	source.Address = r.text(element)
	if rest, ok := strings.CutPrefix(source.Address, nfsScheme); ok && media == "url" && r.release.AtLeast("6.0") {
		source.Media, source.Address = "nfs", rest
	}
	return source
}

// maybe is a flag that the file may leave to the installation as a whole.
func (r *Reader) maybe(element *Element, name string) *bool {
	if r.attribute(element, name) == "" {
		return nil
	}
	value := r.flag(element, true, name)
	return &value
}
