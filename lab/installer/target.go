package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Root is where the new system is mounted during the installation (host-installer, constants.py).
const Root = "/tmp/root"

// System is what packages are installed into.
type System interface {
	unpackTar(text []byte, folder string) error
	unpackRPM(text []byte) error
	writeFile(path string, text []byte, mode os.FileMode) error
}

// Disk is the new system's disk.
type Disk struct {
	device  string
	mounted bool
}

// prepareDisk makes one file system on the whole disk, labelled as installers label a root, and mounts it.
func prepareDisk(device string) (*Disk, error) {
	for tries := 0; ; tries++ {
		if _, err := os.Stat(device); err == nil {
			break
		}
		if tries == 50 {
			return nil, fault("", "installation/primary-disk", "there is no disk %s", device)
		}
		time.Sleep(100 * time.Millisecond)
	}
	label := fmt.Sprintf("root-%08x", uint32(time.Now().UnixNano()))
	if err := busybox("mke2fs", "-L", label, device); err != nil {
		return nil, err
	}
	if err := os.MkdirAll("/dev/disk/by-label", 0o755); err != nil {
		return nil, err
	}
	if err := os.Symlink(device, "/dev/disk/by-label/"+label); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(Root, 0o755); err != nil {
		return nil, err
	}
	return &Disk{device, true}, busybox("mount", "-t", "ext4", device, Root)
}

func (d *Disk) unmount() error {
	if !d.mounted {
		return nil
	}
	d.mounted = false
	syscall.Sync()
	return busybox("umount", Root)
}

func (d *Disk) unpackTar(text []byte, folder string) error {
	place := filepath.Join(Root, folder)
	if err := os.MkdirAll(place, 0o755); err != nil {
		return err
	}
	return feed(text, place, "/bin/busybox tar -xjf -")
}

func (d *Disk) unpackRPM(text []byte) error {
	if err := os.WriteFile("/tmp/package.rpm", text, 0o600); err != nil {
		return err
	}
	defer os.Remove("/tmp/package.rpm")
	return feed(nil, Root, "set -o pipefail; /bin/busybox rpm2cpio /tmp/package.rpm | /bin/busybox cpio -idmu")
}

// feed runs a line of shell in a folder.
func feed(input []byte, folder, script string) error {
	command := exec.Command("/bin/busybox", "sh", "-c", script)
	command.Dir, command.Stdin = folder, bytes.NewReader(input)
	if said, err := command.CombinedOutput(); err != nil {
		return fault("", "", "%s: %v: %s", script, err, strings.TrimSpace(string(said)))
	}
	return nil
}

// finalise writes the host's own settings that matter to csp. Without a password, the host asks for one at its first boot.
func (d *Disk) finalise(answers *Answers, release Release) error {
	settings, backend, hash := answers.Settings, answers.Backend, "!!"
	if backend == "" {
		backend = "openvswitch"
	}
	if settings.Password != nil {
		hash = settings.Password.Text
	}
	hostname := "localhost.localdomain"
	if settings.Hostname != nil {
		hostname = *settings.Hostname
	}
	now := time.Now().UTC().Format("2006-01-02 15:04:05.000000")
	inventory := fmt.Sprintf("PRIMARY_DISK='%s'\nPRODUCT_VERSION='%s'\nINSTALLATION_DATE='%s'\n", answers.Disks.Primary, release.Target, now)
	for _, each := range []struct {
		path, text string
		mode       os.FileMode
	}{
		{"/etc/xensource-inventory", inventory, 0o644},
		{"/etc/xensource/network.conf", backend + "\n", 0o644},
		{"/etc/hostname", hostname + "\n", 0o644},
		{"/etc/shadow", "root:" + hash + ":14000:0:99999:7:::\n", 0o600},
	} {
		if err := d.writeFile(each.path, []byte(each.text), each.mode); err != nil {
			return err
		}
	}
	clock := Root + "/etc/localtime"
	if err := os.Remove(clock); err != nil && !os.IsNotExist(err) {
		return err
	}
	return os.Symlink("/usr/share/zoneinfo/"+*settings.Timezone, clock)
}

// writeFile writes a file of the new system.
func (d *Disk) writeFile(path string, text []byte, mode os.FileMode) error {
	file := Root + path
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, text, mode)
}
