// A small installer for the lab, which does with the files of a network boot what host-installer does: it reads the kernel's command line, sets
// up the network, fetches and checks the answerfile, installs from the repositories that it names, and runs the scripts of its stages. It
// prints on the console what it does, and ends with one line for a program:
//
//	csp-installer: {"result":"installed", ...}
//	csp-installer: {"result":"failed","rule":"E12","path":"packages.main/xapi.tar.bz2","message":"its MD5 is ..."}
//
// If something stops it, it gives the number and the words of csp's own rule (docs/install.md, docs/repository.md); it shares no code with csp.
//
// It is stricter than the vendors' installers where those continue without a message, as csp's rules say: it checks sums on 5.6 too, and it
// stops at a listed folder that is not a repository, and at a repository that makes no csp host. It does less where there is nothing to learn:
// one file system on the whole disk, no boot loader, RPMs unpacked without their scriptlets, only fresh installations.
//
// An answerfile it reads as the vendors' parser of the release does, whether it can do then what the file says or not (words.go, answers.go):
//
//	installer check RELEASE.json answerfile FILE   what would stop an installation
//	installer read RELEASE.json FILE...            what the parser understands
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

func main() {
	report := &Report{}
	switch {
	case len(os.Args) > 1 && os.Args[1] == "tables":
		tables()
		return
	case len(os.Args) == 5 && os.Args[1] == "check":
		report.end(check(os.Args[2], os.Args[3], os.Args[4], report))
		return
	case len(os.Args) > 3 && os.Args[1] == "read":
		if err := read(os.Args[2], os.Args[3:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	report.end(run(report))
}

func run(report *Report) error {
	release, err := readRelease("/etc/installer/release.json")
	if err != nil {
		return err
	}
	report.Target = release.Target
	nfsPorts = release.Ports
	text, err := os.ReadFile("/proc/cmdline")
	if err != nil {
		return err
	}
	options, err := readOptions(string(text), release)
	if err != nil {
		return err
	}
	if options.Network {
		if err := bringUp(options.Device, options.Config, release); err != nil {
			return err
		}
	}
	say("fetching the answerfile %s", options.Answerfile)
	bytes, err := fetch(options.Answerfile)
	if err != nil {
		return fault("", "", "Unable to fetch the answerfile: %v", err)
	}
	document, err := readDocument(bytes)
	if err != nil {
		return err
	}
	return follow(document, release, report)
}

func readDocument(text []byte) (*Element, error) {
	document, err := parseXML(text)
	if err != nil {
		return nil, &Fault{Rule: "E1", Line: err.(*XMLError).Line, Message: "Answerfile is incorrectly formatted.", Detail: err.Error()}
	}
	return document, nil
}

// follow does what an answerfile says. Scripts for the end always run, with 1 after a failure.
func follow(document *Element, release Release, report *Report) error {
	if err := reading(func() { (&Reader{document, release}).rootName() }); err != nil {
		return err
	}
	scripts, err := readScripts(document, release)
	if err != nil {
		return err
	}
	answers, err := readAnswers(document, release)
	if err == nil {
		err = doable(answers, document)
	}
	// Scripts for the start run even if the answers are wrong.
	if release.AtLeast("6.0") {
		if failure := scripts.run("installation-start", nil, report); failure != nil {
			return failure
		}
	}
	if err == nil {
		err = install(answers, scripts, release, report)
	}
	outcome := "0"
	if err != nil {
		outcome = "1"
	}
	failure := scripts.run("installation-complete", []string{outcome}, report)
	var stopped *Fault
	forgiven := errors.As(failure, &stopped) && stopped.Unfetched && release.AtLeast("6.0")
	if failure != nil && (err != nil || forgiven) {
		say("going on: %v", failure)
		return err
	}
	if err != nil {
		return err
	}
	return failure
}

// doable stops at answers that the vendors' installers follow, and this one does not.
func doable(answers *Answers, document *Element) error {
	if answers.Mode != Fresh {
		return document.broken("", "this installer makes fresh installations only")
	}
	if faults := answers.useless(document); len(faults) > 0 {
		return faults[0]
	}
	for _, source := range answers.Sources {
		if source.Media != "url" && source.Media != "nfs" {
			return source.element.broken("", "this installer takes its packages over http and nfs only")
		}
	}
	if answers.Disks.Mirrored || len(answers.Disks.Raid) > 0 {
		return answers.Disks.element.broken("", "this installer makes no array of disks")
	}
	if password := answers.Settings.Password; password != nil && password.Kind != "pwdhash" {
		return document.first("root-password").broken("", "this installer takes root's password as a hash only")
	}
	return nil
}

func install(answers *Answers, scripts Scripts, release Release, report *Report) error {
	disk, err := prepareDisk(answers.Disks.Primary)
	if err != nil {
		return err
	}
	defer disk.unmount()
	var sources []string
	for _, source := range answers.Sources {
		address := strings.TrimRight(source.Address, "/")
		if source.Media == "nfs" {
			address = nfsScheme + address
		}
		sources = append(sources, address)
	}
	if err := installPackages(disk, sources, release, report); err != nil {
		return err
	}
	if err := disk.finalise(answers, release); err != nil {
		return err
	}
	if err := scripts.run("filesystem-populated", []string{Root}, report); err != nil {
		return err
	}
	return disk.unmount()
}

func installPackages(system System, addresses []string, release Release, report *Report) error {
	var sources []string
	for _, source := range addresses {
		if address, ok := strings.CutPrefix(source, "nfs://"); ok {
			folder, err := mountNFS(address)
			if err != nil {
				return err
			}
			source = "file://" + folder
		}
		sources = append(sources, source)
	}
	layout := release.layout()
	if layout.Packs == "yum" {
		return installYum(system, sources, release, report)
	}
	// Before 7.1, only the first one counts.
	if layout.Base == "yum" {
		return installHybrid(system, sources[0], release, report)
	}
	return installLegacy(system, sources[0], release, report)
}
