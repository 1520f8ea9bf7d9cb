import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { type Kit, stepsLeft, undone } from "../../provider/ddk/kit";
import { bootedBy, cspMenu, hasEntry, stockMenu } from "../../provider/ddk/menu";

const KERNEL = "2.6.32.12-0.7.1.xs5.6.100.307.170586cspxen";
const STOCK = "2.6.32.12-0.7.1.xs5.6.100.307.170586xen";

const stock = [
  `title Driver Development Kit (${STOCK})`,
  "\troot (hd0,0)",
  `\tkernel /boot/vmlinuz-${STOCK} root=/dev/xvda1 ro`,
  `\tinitrd /boot/initrd-${STOCK}.img`,
];
const kdump = [
  "title kdump (2.6.32.12cspkdump)",
  "\troot (hd0,0)",
  "\tkernel /boot/vmlinuz-2.6.32.12cspkdump",
  "\tinitrd /boot/initrd-2.6.32.12cspkdump.img",
];
const csp = [
  `title XenServer (${KERNEL})`,
  "\troot (hd0,0)",
  "\tkernel /boot/xen.gz dom0_mem=752M",
  `\tmodule /boot/vmlinuz-${KERNEL} root=/dev/xvda1 ro`,
  `\tmodule /boot/initrd-${KERNEL}.img`,
];
const menu = (...entries: string[][]) => `${["default 1", "timeout 5", ...entries.flat()].join("\n")}\n`;

test("the menu of a kit after both kernels were installed", () => {
  const made = cspMenu(menu(stock, kdump, csp), KERNEL);
  expect(made).toBe(
    `${[
      "default 0",
      "timeout 5",
      `title XenServer (${KERNEL})`,
      "\troot (hd0,0)",
      `\tkernel /boot/vmlinuz-${KERNEL} root=/dev/xvda1 ro`,
      `\tinitrd /boot/initrd-${KERNEL}.img`,
      ...stock,
    ].join("\n")}\n`,
  );
  expect(bootedBy(made)).toBe(KERNEL);
  expect(bootedBy(menu(stock, csp))).toBe(STOCK);
  expect(bootedBy(menu(csp))).toBeUndefined();
  expect(hasEntry(menu(stock, csp), KERNEL)).toBe(true);
  expect(hasEntry(menu(stock, kdump), KERNEL)).toBe(false);
});

test("back to the stock kernel: the two entries change places, as the README says, and back again", () => {
  const made = cspMenu(menu(stock, kdump, csp), KERNEL);
  const back = stockMenu(made, KERNEL);
  expect(bootedBy(back)).toBe(STOCK);
  expect(back).toBe(
    `${[
      "default 0",
      "timeout 5",
      ...stock,
      `title XenServer (${KERNEL})`,
      "\troot (hd0,0)",
      `\tkernel /boot/vmlinuz-${KERNEL} root=/dev/xvda1 ro`,
      `\tinitrd /boot/initrd-${KERNEL}.img`,
    ].join("\n")}\n`,
  );
  expect(cspMenu(back, KERNEL)).toBe(made);
  expect(stockMenu(menu(["title memtest", "\tkernel /boot/memtest"], csp, stock), KERNEL)).toMatch(/^default 0\ntimeout 5\ntitle Driver/);
});

test("what is left to do, for either kernel", () => {
  const version = KERNEL.replace(/cspxen$/, "");
  const kit = (kernel: string, text: string): Kit => ({
    kernel,
    installed: { xen: [`${version}csp`], kdump: [`${version}csp`] },
    menu: text,
    sources: [],
    trees: { xen: true, kdump: true },
  });
  const left = (boot: "csp" | "stock", each: Kit) =>
    stepsLeft(each, { version, boot }).map((step) => undone(step, each, { version, boot }));
  const first = cspMenu(menu(stock, kdump, csp), KERNEL);
  expect(left("csp", kit(KERNEL, first))).toEqual([]);
  expect(left("stock", kit(KERNEL, first))).toEqual([
    `/boot/grub/menu.lst does not boot ${STOCK} first`,
    `the running kernel is ${KERNEL} instead of ${STOCK}`,
  ]);
  expect(left("stock", kit(STOCK, stockMenu(first, KERNEL)))).toEqual([]);
  expect(left("csp", kit(STOCK, stockMenu(first, KERNEL)))).toEqual([
    `/boot/grub/menu.lst does not boot ${KERNEL} first`,
    `the running kernel is ${STOCK} instead of ${KERNEL}`,
  ]);
  // The menu has no stock entry to go back to.
  expect(left("stock", kit(KERNEL, cspMenu(menu(csp), KERNEL)))).toEqual([
    "/boot/grub/menu.lst does not boot a stock kernel first",
    `the running kernel is ${KERNEL} instead of a stock kernel`,
  ]);
});

test("gives the same kept entries as the README's own sed", () => {
  const folder = mkdtempSync(join(tmpdir(), "csp-menu-"));
  try {
    const file = join(folder, "menu.lst");
    for (const text of [menu(csp), menu(stock, csp), menu(csp, stock), menu(stock, kdump, csp), menu(kdump, csp, stock)]) {
      writeFileSync(file, text);
      execFileSync("sed", ["-i.bck", "-e", "/kdump/d;/xen.gz/d;/vmlinuz/s/module/kernel/;/initrd/s/module/initrd/", file]);
      // The root lines of deleted entries are left behind by sed, and the order is the reader's business there.
      const lines = (menuText: string) => [...new Set(menuText.replace(/^default \d+$/m, "").split("\n"))].sort();
      expect(lines(cspMenu(text, KERNEL))).toEqual(lines(readFileSync(file, "utf8")));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("doing it again changes nothing, and no other entry is lost", () => {
  const entry = fc.constantFrom(
    stock,
    kdump,
    csp,
    ["title memtest", "\tkernel /boot/memtest"],
    ["title other", "\tkernel /boot/vmlinuz-3.0 ro"],
  );
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 6 }), (entries) => {
      const made = cspMenu(menu(...entries), KERNEL);
      expect(cspMenu(made, KERNEL)).toBe(made);
      const titles = (text: string) => text.split("\n").filter((line) => line.startsWith("title"));
      expect(titles(made).sort()).toEqual(
        titles(menu(...entries))
          .filter((line) => !line.includes("kdump"))
          .sort(),
      );
      expect(bootedBy(made) === KERNEL).toBe(entries.includes(csp));
      const back = stockMenu(menu(...entries), KERNEL);
      expect(stockMenu(back, KERNEL)).toBe(back);
      expect(titles(back).sort()).toEqual(titles(made).sort());
      if (entries.includes(stock) || entries.some(([title]) => title === "title other")) expect([STOCK, "3.0"]).toContain(bootedBy(back));
    }),
  );
});

test.each(["", "\n", "timeout 5\n", "title", "title\n\n\n"])("a menu without entries stays unchanged: %j", (text) => {
  expect(bootedBy(cspMenu(text, KERNEL))).toBeUndefined();
});
