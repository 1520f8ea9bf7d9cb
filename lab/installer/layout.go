package main

// Layout says what the installer of a release expects of a repository. csp has a table of its own; a test compares the two.
type Layout struct {
	// Main media are "folders" with XS-REPOSITORY, or a "yum" repository with .treeinfo.
	Base string `json:"base"`
	// Packs are such folders, which XS-REPOSITORY-LIST names, or yum repositories with update.xml.
	Packs string `json:"packs"`
	// Without the list: "silent", "logged", "stops", or "unread" where none is looked for.
	WithoutList string `json:"withoutList"`
	// Main is the identifier of the main repository.
	Main string `json:"main"`
	// Flavours are the ends of the kernels' names.
	Flavours []string `json:"flavours"`
}

func (r Release) layout() Layout {
	layout := Layout{Base: "folders", Packs: "folders", WithoutList: "logged", Main: "xcp:main", Flavours: []string{}}
	switch r.Target {
	case "5.6":
		// host-installer before 2011-05: the list is an addition, and main is XenSource's.
		layout.Main, layout.WithoutList = "xs:main", "silent"
	case "6.0", "6.1":
		// CA-58404 made the list a must; the releases from 6.2 on only log that they cannot open it.
		layout.WithoutList = "stops"
	}
	if r.AtLeast("7.0") {
		layout.Base = "yum"
	}
	if r.AtLeast("7.1") {
		layout.Packs, layout.WithoutList = "yum", "unread"
	}
	// The kernel 3.10 of 6.5 boots after a crash too.
	if !r.AtLeast("6.5") {
		layout.Flavours = []string{"xen", "kdump"}
	}
	return layout
}
