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

func join(folder, name string) string {
	if folder == "" {
		return name
	}
	return folder + "/" + name
}
