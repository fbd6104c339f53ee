/**
 * Public keys as OpenSSH writes them: a type, and a blob in base64 that says the type again.
 *
 * @module
 */

/** A key, with what stands around it in a line. */
export interface KeyLine {
  /** What stands before the key, as it is written; empty: nothing. */
  readonly before: string;
  readonly type: string;
  readonly blob: string;
  /** What stands behind it; empty: nothing. */
  readonly comment: string;
}

/** The longest line that sshd reads. */
export const LONGEST_KEY_LINE = 16 * 1024;

/** Reads a line with a key; undefined: there is none in it. `before` ends where the key begins. */
export function readKeyLine(line: string): KeyLine | undefined {
  const text = line.trim();
  for (const at of wordStarts(text)) {
    const [, type = "", blob = "", comment = ""] =
      /^([a-z0-9][a-zA-Z0-9@.-]*)[ \t]+([A-Za-z0-9+/]{16,}={0,2})(?:[ \t]+(.*))?$/
        .exec(text.slice(at)) ?? [];
    if (type === "" || typeInBlob(blob) !== type) continue;
    return { before: text.slice(0, at).trimEnd(), type, blob, comment };
  }
  return undefined;
}

/** Why a text is no whole public key; undefined: it is one. What it says is not repeated. */
export function keyMistake(text: string): string | undefined {
  if (/-----BEGIN/.test(text)) return "is a private key, or none of OpenSSH's own form";
  if (/[\r\n]/.test(text)) return "must be a single line";
  const read = readKeyLine(text);
  if (read === undefined) return "is no public key";
  if (!isWhole(read)) return "is not whole: its end is missing, or there is more";
  return undefined;
}

/** Where words begin that may be the type: at the start, or behind the blank after what is before. */
function* wordStarts(text: string): Generator<number> {
  yield 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === "\\" && text[at + 1] === '"') at++;
    else if (sign === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (sign === " " || sign === "\t") && !/^\s/.test(text.slice(at + 1))) {
      yield at + 1;
    }
  }
}

/** The type that a blob begins with. */
function typeInBlob(blob: string): string | undefined {
  // The length, and a type of up to 68 signs.
  const start = bytesOf(blob.slice(0, 96));
  if (start === undefined || start.length < 4) return undefined;
  const length = start.charCodeAt(2) * 256 + start.charCodeAt(3);
  return start.slice(4, 4 + length);
}

/** Whether a blob is a row of fields that ends with the last of them. */
function isWhole({ type, blob }: KeyLine): boolean {
  const bytes = bytesOf(blob);
  if (bytes === undefined) return false;
  // A certificate has numbers, too.
  if (type.includes("-cert-")) return true;
  let [at, fields] = [0, 0];
  for (; at + 4 <= bytes.length; fields++) {
    const length = [0, 1, 2, 3].reduce((sum, byte) => sum * 256 + bytes.charCodeAt(at + byte), 0);
    at += 4 + length;
  }
  return at === bytes.length && fields >= 2;
}

/** One sign for each byte; undefined: it is no base64. */
function bytesOf(base64: string): string | undefined {
  try {
    return atob(base64.length % 4 === 1 ? base64.slice(0, -1) : base64);
  } catch {
    return undefined;
  }
}
