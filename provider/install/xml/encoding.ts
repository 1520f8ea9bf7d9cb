export interface Unreadable {
  readonly problem: string;
}

/** How many bytes at the beginning are searched for a declaration. */
const PROLOGUE = 1024;

/**
 * The text of an XML file, decoded by its byte order mark, or else by the `encoding` that it declares, or else as UTF-8 (XML 1.0, appendix F). The
 * declared encoding must fit the bytes.
 */
export function decodeXml(bytes: Buffer): string | Unreadable {
  if (bytes.length === 0) return { problem: "the file is empty" };
  const marked = byMark(bytes);
  const prologue = bytes.subarray(0, PROLOGUE).toString("latin1");
  const declared = marked === undefined ? /^<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']/.exec(prologue)?.[1] : undefined;
  const encoding = marked ?? declared ?? "utf-8";
  // Without a mark, the bytes just read were ASCII, so they are not UTF-16, whatever they declare.
  if (marked === undefined && /^(utf-?16|ucs-?2|iso-10646-ucs)/i.test(encoding))
    return { problem: `it declares the encoding ${encoding}, and is written in another` };
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(encoding, { fatal: true });
  } catch {
    return { problem: `it declares the encoding ${encoding}, which is not known` };
  }
  try {
    // The mark is not part of the text; TextDecoder drops it.
    return decoder.decode(bytes);
  } catch {
    return {
      problem: `it is not ${encoding.toUpperCase()}${declared === undefined && marked === undefined ? ", and declares no other encoding" : ""}`,
    };
  }
}

function byMark(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  // "<?" in sixteen bits, without a mark.
  if (bytes[0] === 0x3c && bytes[1] === 0 && bytes[2] === 0x3f && bytes[3] === 0) return "utf-16le";
  if (bytes[0] === 0 && bytes[1] === 0x3c && bytes[2] === 0 && bytes[3] === 0x3f) return "utf-16be";
  return undefined;
}
