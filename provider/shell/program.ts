import { quote } from "./quote";
import { TEXTS } from "./texts";

type Path = keyof typeof TEXTS;

/** Names of the programs in a folder below provider/. */
type ProgramIn<Folder extends string, P extends string = Path> = P extends `${Folder}/${infer Name}` ? Name : never;

/** What `%NAME%` in a program stands for, by name: what the program has in common with the core, or text that goes into a here-document. */
export type Places = Readonly<Record<string, string>>;

/** The programs of a folder, by name, and what all of them have places for. */
export function programsOf<Folder extends string>(
  folder: Folder,
  common: Places = {},
): (name: ProgramIn<Folder>, places?: Places) => string {
  return (name, places = {}) => fill(TEXTS[`${folder}/${name}` as Path], { ...common, ...places });
}

/** What programs are called that {@link programsOf} gave. */
export type ProgramName<Of extends (name: never) => string> = Parameters<Of>[0];

/** Puts values into their places. Where a place is a line of its own, the value is any number of lines. */
export function fill(text: string, places: Places): string {
  const given = (name: string) => {
    const value = places[name];
    if (value === undefined) throw new Error(`nothing is said of %${name}%`);
    return value;
  };
  return text.replace(/^%([A-Z_]+)%\n|%([A-Z_]+)%/gm, (_, line: string | undefined, word: string) => {
    if (line === undefined) return given(word);
    const lines = given(line);
    return lines === "" || lines.endsWith("\n") ? lines : `${lines}\n`;
  });
}

/** A program with its arguments, as `sh FILE WORD...` runs it. */
export function withArguments(program: string, ...words: readonly string[]): string {
  return `${["set --", ...words.map(quote)].join(" ")}\n${program}`;
}
