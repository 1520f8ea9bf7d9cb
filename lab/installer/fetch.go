package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// StatusError is an HTTP answer without the file.
type StatusError struct {
	Status int
}

func (e *StatusError) Error() string { return fmt.Sprintf("HTTP status %d", e.Status) }

var client = &http.Client{Timeout: 2 * time.Minute}

// fetch gets a file over HTTP or NFS, or from the installer's own root. Ftp is for the vendors' installers.
func fetch(url string) ([]byte, error) {
	if path, ok := strings.CutPrefix(url, "file://"); ok {
		return os.ReadFile(path)
	}
	if address, ok := strings.CutPrefix(url, "nfs://"); ok {
		return fetchNFS(address)
	}
	if !strings.HasPrefix(url, "http://") && !strings.HasPrefix(url, "https://") {
		return nil, fmt.Errorf("this installer fetches over http and nfs only, and not %s", url)
	}
	answer, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, &StatusError{answer.StatusCode}
	}
	return io.ReadAll(answer.Body)
}

// fetchIfThere is nil if there is no such file. If a server refuses the file, it is the same for an installer.
func fetchIfThere(url string) ([]byte, error) {
	bytes, err := fetch(url)
	if status, ok := err.(*StatusError); ok && (status.Status == http.StatusNotFound || status.Status == http.StatusForbidden) {
		return nil, nil
	}
	if os.IsNotExist(err) {
		return nil, nil
	}
	if bytes == nil && err == nil {
		bytes = []byte{}
	}
	return bytes, err
}

// cannotFetch says why the installer of a release gets nothing from an address, by the address alone (host-installer, util.py fetchFile).
func (r Release) cannotFetch(url string) string {
	scheme, rest, _ := strings.Cut(url, ":")
	switch {
	case url == "":
		return "it has no address"
	case scheme == "nfs":
		server, path, ok := strings.Cut(rest, ":")
		if !ok || strings.Contains(path, ":") || !strings.HasPrefix(server, "//") || !strings.HasPrefix(path, "/") {
			return "an NFS address is nfs://SERVER:/FOLDER/FILE, with a colon after the server and an absolute path"
		}
		return ""
	case scheme == "https" && !r.AtLeast("6.5"):
		return r.Product + " cannot fetch over https; 6.5 is the first version that can"
	case scheme == url || !contains([]string{"http", "https", "ftp", "file"}, scheme):
		if at := strings.Index(url, "://"); at > 0 {
			return "the installer does not fetch from " + url[:at] + "://"
		}
		return "it is not a URL, and the installer does not take a bare path"
	case r.AtLeast("xs9") && scheme != "file" && strings.Contains(authority(rest), "@"):
		return "this installer fails on a user and password in a URL"
	}
	return ""
}

// authority is what is between // and the next slash.
func authority(rest string) string {
	rest, ok := strings.CutPrefix(rest, "//")
	if !ok {
		return ""
	}
	authority, _, _ := strings.Cut(rest, "/")
	return authority
}

func join(folder, name string) string {
	if folder == "" {
		return name
	}
	return folder + "/" + name
}
