package main

import (
	"fmt"
	"os"
	"path"
	"strings"
	"syscall"
)

// Ports of the NFS server, which the lab gives to the image: it has no portmapper where the computer could ask.
type Ports struct {
	NFS   int `json:"nfs"`
	Mount int `json:"mount"`
}

var nfsPorts Ports

// Folders that are mounted, by their NFS address.
var mounted = map[string]string{}

// mountNFS mounts HOST:/FOLDER for reading, once, and gives the folder in the installer's own root.
func mountNFS(address string) (string, error) {
	if folder, ok := mounted[address]; ok {
		return folder, nil
	}
	host, remote, ok := strings.Cut(address, ":")
	if !ok || !strings.HasPrefix(remote, "/") {
		return "", fmt.Errorf("%s is not HOST:/FOLDER", address)
	}
	folder := fmt.Sprintf("/nfs/%d", len(mounted))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	options := fmt.Sprintf("vers=3,proto=tcp,mountproto=tcp,nolock,addr=%s,mountaddr=%s", host, host)
	if nfsPorts.NFS != 0 {
		options += fmt.Sprintf(",port=%d,mountport=%d", nfsPorts.NFS, nfsPorts.Mount)
	}
	if err := syscall.Mount(address, folder, "nfs", syscall.MS_RDONLY, options); err != nil {
		return "", fmt.Errorf("mounting %s: %w", address, err)
	}
	say("mounted %s", address)
	mounted[address] = folder
	return folder, nil
}

// fetchNFS reads a file at HOST:/FOLDER/FILE.
func fetchNFS(address string) ([]byte, error) {
	folder, err := mountNFS(path.Dir(address))
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path.Join(folder, path.Base(address)))
}
