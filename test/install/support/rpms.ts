import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/** An RPM to be made by the real rpmbuild. */
export interface RpmSpec {
  readonly name: string;
  readonly version: string;
  readonly release: string;
  readonly arch?: "i386" | "i686" | "noarch" | "x86_64";
  /** Content by absolute path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly requires?: readonly string[];
  readonly provides?: readonly string[];
  /** Scriptlets. */
  readonly post?: string;
  readonly postun?: string;
}

/** The kernels of the CSP pack for 5.6 SP2, by the names in its README. */
export const CSP_KERNEL = { version: "2.6.32.12", release: "0.7.1.xs5.6.100.307.170586csp" } as const;
export const CSP_UNAME = `${CSP_KERNEL.version}-${CSP_KERNEL.release}`;

/** Makes it in `folder`; gives the file's name. */
export function buildRpm(folder: string, spec: RpmSpec): string {
  const { name, version, release, arch = "noarch", files = {} } = spec;
  const top = mkdtempSync(join(tmpdir(), "csp-rpmbuild-"));
  try {
    const paths = Object.keys(files);
    const lines = [
      `Name: ${name}`,
      `Version: ${version}`,
      `Release: ${release}`,
      "Summary: A package for tests",
      "License: none",
      ...(spec.requires ?? []).map((what) => `Requires: ${what}`),
      ...(spec.provides ?? []).map((what) => `Provides: ${what}`),
      "AutoReqProv: no",
      "%define debug_package %{nil}",
      "%define __os_install_post %{nil}",
      "%description",
      "Made when a test needs it.",
      "%install",
      ...paths.map((path) => `mkdir -p %{buildroot}$(dirname ${path}); cp ${top}/content${path} %{buildroot}${path}`),
      ...(spec.post === undefined ? [] : ["%post -p /bin/sh", spec.post]),
      ...(spec.postun === undefined ? [] : ["%postun -p /bin/sh", spec.postun]),
      "%files",
      ...paths,
      "",
    ];
    for (const [path, text] of Object.entries(files)) {
      const file = join(top, "content", path);
      mkdirSync(join(file, ".."), { recursive: true });
      writeFileSync(file, text);
    }
    writeFileSync(join(top, "package.spec"), lines.join("\n"));
    const defines = [`_topdir ${top}`, "_binary_payload w1.gzdio", "_build_name_fmt %{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm"];
    execFileSync(
      "rpmbuild",
      ["-bb", "--quiet", `--target=${arch}-linux`, ...defines.flatMap((text) => ["--define", text]), join(top, "package.spec")],
      {
        stdio: "pipe",
      },
    );
    const [made] = readdirSync(join(top, "RPMS"));
    if (made === undefined) throw new Error("rpmbuild made nothing");
    mkdirSync(folder, { recursive: true });
    execFileSync("mv", [join(top, "RPMS", made), join(folder, made)]);
    return basename(made);
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
}

/** A CSP kernel of the README; `flavour` "xen" or "kdump". Its scriptlet puts itself into menu.lst, as the real one's does. */
export function cspKernel(flavour: "xen" | "kdump", build = "307.170586"): RpmSpec {
  const release = `0.7.1.xs5.6.100.${build}csp`;
  const uname = `${CSP_KERNEL.version}-${release}${flavour}`;
  const entry =
    flavour === "xen"
      ? [
          `title XenServer (${uname})`,
          "\troot (hd0,0)",
          "\tkernel /boot/xen.gz dom0_mem=752M",
          `\tmodule /boot/vmlinuz-${uname} root=/dev/xvda1 ro`,
          `\tmodule /boot/initrd-${uname}.img`,
        ]
      : [
          `title kdump (${uname})`,
          "\troot (hd0,0)",
          `\tkernel /boot/vmlinuz-${uname} root=/dev/xvda1 ro`,
          `\tinitrd /boot/initrd-${uname}.img`,
        ];
  return {
    name: `kernel-csp-${flavour}`,
    version: CSP_KERNEL.version,
    release,
    arch: "i686",
    files: {
      [`/boot/vmlinuz-${uname}`]: `a kernel, ${uname}\n`,
      [`/boot/initrd-${uname}.img`]: `an initrd, ${uname}\n`,
      [`/boot/config-${uname}`]: `CONFIG_LOCALVERSION="-${flavour}"\nCONFIG_BRIDGE_NETFILTER=y\n`,
      [`/lib/modules/${uname}/kernel/net/ebtables.ko`]: `a module, ${uname}\n`,
    },
    post: [`cat >>/boot/grub/menu.lst <<'ENTRY'`, ...entry, "ENTRY"].join("\n"),
  };
}
