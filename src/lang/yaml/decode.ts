import type { Diagnostic } from "../../base/diagnostic.ts";
import { LIMITS } from "../../base/limits.ts";

/** The text of a graph file, or why its bytes are none. */
export type Decoded =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** From the bytes of a graph file to text. `file` is its name for messages. */
export function decodeGraphFile(bytes: Uint8Array, file: string): Decoded {
  if (bytes.length > LIMITS.graphFileBytes) return refused(tooLarge(file));
  if (isUtf16(bytes)) {
    return refused({
      severity: "error",
      file,
      message: "the file is UTF-16; a graph file must be UTF-8",
      hint: "save it as UTF-8, for instance with: iconv -f UTF-16 -t UTF-8",
    });
  }
  try {
    return { ok: true, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return refused(notUtf8(bytes, file));
  }
}

/** What is said of a file that is too large to be read. */
export function tooLarge(file: string): Diagnostic {
  const limit = LIMITS.graphFileBytes / 1024 / 1024;
  return {
    severity: "error",
    file,
    message: `the file is larger than ${limit} MiB`,
    hint: "large contents belong into files of their own, with source: instead of content:",
  };
}

function refused(diagnostic: Diagnostic): Decoded {
  return { ok: false, diagnostics: [diagnostic] };
}

function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** The first byte that is wrong is where a decoder that goes on puts its first new sign. */
function notUtf8(bytes: Uint8Array, file: string): Diagnostic {
  const before = longestText(bytes);
  const lines = before.split("\n");
  return {
    severity: "error",
    file,
    line: lines.length,
    column: [...lines[lines.length - 1] ?? ""].length + 1,
    message: "this is not UTF-8",
    hint: "save the file as UTF-8; binary content can be written as !!binary with base64",
  };
}

/** The text before the first byte that is wrong, found by halving. */
function longestText(bytes: Uint8Array): string {
  const decode = (end: number): string | undefined => {
    try {
      // A character that the end cuts is not wrong yet.
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, end), {
        stream: true,
      });
    } catch {
      return undefined;
    }
  };
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decode(middle) === undefined) bad = middle;
    else good = middle;
  }
  return decode(good) ?? "";
}
