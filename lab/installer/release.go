package main

import (
	"encoding/json"
	"os"
)

// Release says which version this installer is for. The file is in its image, as in a vendor's.
type Release struct {
	// Target is "5.6", "8.3", "xs8", as csp writes it.
	Target string `json:"target"`
	// Product is "XenServer 5.6 SP2", for messages.
	Product string `json:"product"`
	// CSP says whether the hosts that it installs are to be csp hosts.
	CSP bool `json:"csp"`
	// Ports are those of the lab's NFS server.
	Ports Ports `json:"ports"`
}

// Oldest first. XenServer 8 and 9 come after XCP-ng.
var releases = []string{"5.6", "6.0", "6.1", "6.2", "6.5", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "8.0", "8.1", "8.2", "8.3", "xs8", "xs9"}

func readRelease(path string) (Release, error) {
	var release Release
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &release)
	}
	if err == nil && position(release.Target) < 0 {
		err = fault("", path, "it names the release %q, which is unknown", release.Target)
	}
	return release, err
}

func (r Release) AtLeast(other string) bool {
	return position(r.Target) >= position(other)
}

func position(target string) int {
	for at, each := range releases {
		if each == target {
			return at
		}
	}
	return -1
}
