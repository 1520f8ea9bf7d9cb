/** One command of a GRUB file, its words without their quotes. Variables stay as they are written. */
export interface GrubCommand {
  readonly words: readonly string[];
  /** The line of its first word. */
  readonly line: number;
  /** It follows a semicolon on the same line. */
  readonly behind: boolean;
  /** What GRUB stops at in it: a character that needs quotes, or a quote without its end. */
  readonly stopsAt?: string;
}

/** A piece of a GRUB file, as it is outside of comments. */
const PIECE =
  /(?<joined>\\\r?\n)|\\(?<escaped>[\s\S])|'(?<single>[^']*)'|"(?<double>(?:\\[\s\S]|[^"\\])*)"|(?<variable>\$(?:\w+|\{\w+\}|[?*#@]))|(?<newline>\r\n|\n|\r)|(?<blank>[^\S\r\n]+)|(?<plain>[^\s\\'"$;&|<>{}#]+)|[\s\S]/y;
/** In double quotes: one that no variable's name follows. */
const BARE_DOLLAR = /^(?:\\[\s\S]|[^\\$]|\$(?:\w|\{\w+\}|[?*#@]))*\$(?!\w|\{\w+\}|[?*#@])/;
const COMMENT = /[^\r\n]*/y;

/**
 * The commands of a GRUB file, as its own script language has them (GRUB manual, "Shell-like scripting"; tried with GRUB 2.06). Outside of quotes, a
 * semicolon ends a command, braces are words of their own, and & | < > and a $ without a name are syntax errors.
 */
export function grubCommands(text: string): GrubCommand[] {
  const commands: GrubCommand[] = [];
  let line = 1;
  let command = fresh(line);
  let word: string | undefined;
  const add = (piece: string) => {
    if (word === undefined && command.words.length === 0) command.line = line;
    word = (word ?? "") + piece;
  };
  const endWord = () => {
    if (word !== undefined) command.words.push(word);
    word = undefined;
  };
  let behind = false;
  const end = (semicolon = false) => {
    endWord();
    if (command.words.length > 0) commands.push({ ...command, behind });
    command = fresh(line);
    behind = semicolon;
  };
  for (let at = 0; at < text.length; ) {
    const matched = piece(PIECE, text, at);
    const [whole, groups] = [matched?.[0] ?? "", matched?.groups ?? {}];
    at += whole.length;
    if (groups.newline !== undefined) end();
    else if (groups.blank !== undefined) endWord();
    else if (whole === "#" && word === undefined) at += piece(COMMENT, text, at)?.[0].length ?? 0;
    else if (whole === ";") end(true);
    else if (whole === "{" || whole === "}") {
      if (whole === "}") end();
      endWord();
      add(whole);
      end();
    } else if (groups.joined === undefined) {
      if (/^[&|<>$'"\\]$/.test(whole)) command.stopsAt ??= whole;
      if (BARE_DOLLAR.test(groups.double ?? "")) command.stopsAt ??= "$";
      add(groups.escaped ?? groups.single ?? groups.double?.replace(/\\([\\"$])/g, "$1") ?? groups.variable ?? whole);
    }
    line += whole.match(/\r\n|\n|\r/g)?.length ?? 0;
  }
  end();
  return commands;
}

function piece(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function fresh(line: number): { words: string[]; line: number; stopsAt?: string } {
  return { words: [], line };
}
