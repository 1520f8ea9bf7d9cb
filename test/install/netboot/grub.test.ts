import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { GRUB_MODULES } from "../../../lab/installer";
import { bootFiles, DISPATCHER } from "../../../provider/install/boot/files";
import { grubCommands } from "../../../provider/install/boot/grub-commands";
import { describeWith } from "../../support/needs";

describeWith(["root", "netboot"], "GRUB's own reader", () => {
  const folder = mkdtempSync(join(tmpdir(), "csp-grub-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  /** Whether GRUB's parser accepts a file. */
  const accepts = (text: string): boolean => {
    const file = join(folder, "grub.cfg");
    writeFileSync(file, text);
    return spawnSync("grub-script-check", [file]).status === 0;
  };

  test("accepts what csp publishes, whatever the arguments contain", () => {
    expect(accepts(DISPATCHER)).toBe(true);
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[!-~]{1,12}$/), { maxLength: 5 }), (kernelArguments) => {
        const spec = { target: "8.3", mac: "00:16:3e:01:02:03", answerfile: "http://192.0.2.1/a.xml", textStatus: false } as const;
        for (const text of bootFiles({ ...spec, kernelArguments }, ["grub"]).values()) expect([text, accepts(text)]).toEqual([text, true]);
      }),
      { numRuns: 100 },
    );
  });

  test("stops where csp says that it stops, and nowhere else", () => {
    const piece = fc.constantFrom(
      ...String.raw`a b=c 'x;y' 'x"y' "q;r" "q'r" "$-a" "$x" \; \' & | < > $x $ # 1 ? / : ~ ! * ' "`.split(" "),
      "$".concat("{y}"),
      " ",
      " ; b ",
      "\\\n",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = `echo ${pieces.join("")}\n`;
        // What nobody writes, and GRUB reads in one way here and in another there.
        fc.pre(!/\$["']|\\\n#/.test(text));
        expect([text, grubCommands(text).every(({ stopsAt }) => stopsAt === undefined)]).toEqual([text, accepts(text)]);
      }),
      { numRuns: 200 },
    );
  });

  test("of the products' builds has what their file needs, and no regexp", () => {
    // The modules, with what they depend on: moddep.lst has "NAME: NAME NAME" lines.
    const depends = new Map(
      readFileSync("/usr/lib/grub/x86_64-efi/moddep.lst", "utf8")
        .split("\n")
        .map((line) => line.split(/:?\s+/))
        .map(([name = "", ...others]) => [name, others] as const),
    );
    const all = new Set<string>();
    const add = (name: string) => {
      if (name === "" || all.has(name)) return;
      all.add(name);
      for (const other of depends.get(name) ?? []) add(other);
    };
    for (const name of GRUB_MODULES) add(name);
    expect([...all]).toEqual(expect.arrayContaining(["normal", "configfile", "echo", "efinet", "net", "tftp", "multiboot2"]));
    expect([...all]).not.toContain("regexp");
  });
});
