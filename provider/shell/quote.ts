/** As one word of a POSIX shell's command line. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
