/**
 * A content with a header: a comment that says who manages the file, in its first line or after what
 * must come before it.
 *
 * @module
 */

import { fail, ok, type Result } from "../../../base/result.ts";
import { type CommentSigns, signsOfBeginning, signsOfName, signsSaid } from "./comment_signs.ts";

/** A content and how it gets its header. */
export interface Headed {
  readonly signs: CommentSigns;
  /** What is before and after the words of the header, its signs included, and the rest of the content. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly rest: Uint8Array;
}

/** What is between the sign of a comment and what differs between files. */
const MARK = "Managed by mgmt, do not edit: ";
/** So much of a content is looked at for what must come first. */
const BEGINNING_BYTES = 4096;
/** Lines that are asked for, one after the other, whether they must come first. */
const FIRST_LINES = 8;
const LINE_FEED = 0x0a;
/** As long as a header may be that is found in a file. */
const HEADER_BYTES = 8192;

/**
 * Lines that count only at the top: of programs (`#!`), encodings, of cloud-init, zsh's completions, PAM,
 * Dockerfiles, style sheets and PHP; and comments for editors.
 */
const MUST_BE_FIRST = [
  /^(#!|#cloud-config|## template:|#(compdef|autoload)\b|#%PAM|@charset |<\?php)/,
  /^[ \t\f]*#( *(syntax|escape|check) *=|.*coding[:=])/,
  /^[ \t]*(#|\/\/|;|%|!|--).*(\b(vim?|ex):|-\*-)/,
  // One that goes on must not get another into it.
  /^[ \t]*(\/\*|<!--)[^]*(\b(vim?|ex):|-\*-)[^]*(\*\/|-->)[ \t]*\r?$/,
];
const XML_DECLARATION = /^<\?xml\s[^]*?\?>/;
const BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";
const encoder = new TextEncoder();

/** How the content of that file gets a header; a failure where it cannot. `said`: how comments look there. */
export function headed(
  path: string,
  content: Uint8Array,
  said: string | undefined,
): Result<Headed> {
  if (content.includes(0)) {
    return fail(`${path} is no text (it has NUL bytes), so it can have no header`, {
      code: "header",
      hint: "take header away",
    });
  }
  const beginning = beginningOf(content);
  const signs = said !== undefined
    ? signsSaid(said)
    : signsOfBeginning(beginning.text) ?? signsOfName(path);
  if (signs === undefined || signs === "none") {
    const why = signs === "none"
      ? "files of this name have no comments"
      : "it is not known how comments are written in it";
    return fail(`${path} can have no header: ${why}`, {
      code: "header",
      hint: "take header away, or say how comments look there: meta: " +
        (signs === "none" ? '{header: "//"}, where its readers take them' : '{header: "#"}'),
    });
  }
  return ok({ signs, ...around(content, beginning, signs) });
}

/** The content with a header, which says this of where it comes from. */
export function withHeader({ signs, before, after, rest }: Headed, about: string): Uint8Array {
  return joined([before, encoder.encode(plain(about, signs)), after, rest]);
}

/** Whether some bytes are this content with a header, whatever that says of where it comes from. */
export function isHeaded({ before, after, rest }: Headed, seen: Uint8Array): boolean {
  if (!startsWith(seen, before, 0)) return false;
  const end = seen.indexOf(LINE_FEED, before.length);
  const start = end + 1 - after.length;
  return end >= 0 && start >= before.length && end - before.length <= HEADER_BYTES &&
    seen.subarray(before.length, start).every(isPlain) &&
    startsWith(seen, after, start) && seen.length - end - 1 === rest.length &&
    startsWith(seen, rest, end + 1);
}

function around(
  content: Uint8Array,
  { text, lineEnd }: Beginning,
  { open, close }: CommentSigns,
): Omit<Headed, "signs"> {
  const at = placeIn(content, text);
  const isAfterLine = at === 0 || content[at - 1] === LINE_FEED ||
    (at === BYTE_ORDER_MARK.length && text.startsWith(BYTE_ORDER_MARK));
  const mark = encoder.encode(`${open} ${MARK}`);
  const after = encoder.encode(`${close === "" ? "" : ` ${close}`}${lineEnd}`);
  return {
    before: joined([content.subarray(0, at), encoder.encode(isAfterLine ? "" : lineEnd), mark]),
    after,
    rest: content.subarray(
      isAfterLine ? at + ownHeaderLength(content.subarray(at), mark, after) : at,
    ),
  };
}

/** The length of a header that is there already, where a managed file is the source of another; or 0. */
function ownHeaderLength(content: Uint8Array, mark: Uint8Array, after: Uint8Array): number {
  if (!startsWith(content, mark, 0)) return 0;
  const length = content.indexOf(LINE_FEED) + 1;
  return length > 0 && length <= HEADER_BYTES && startsWith(content, after, length - after.length)
    ? length
    : 0;
}

/** The beginning of a content as text of which each character is a byte, and how its lines end. */
interface Beginning {
  readonly text: string;
  readonly lineEnd: string;
}

function beginningOf(content: Uint8Array): Beginning {
  const text = String.fromCharCode(...content.subarray(0, BEGINNING_BYTES));
  return { text, lineEnd: /^[^\n]*\r\n/.test(text) ? "\r\n" : "\n" };
}

/** Where the header begins. */
function placeIn(content: Uint8Array, text: string): number {
  let at = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  const declaration = XML_DECLARATION.exec(text.slice(at))?.[0];
  if (declaration !== undefined) {
    at += declaration.length;
    return at + (/^[ \t]*\r?\n/.exec(text.slice(at))?.[0].length ?? 0);
  }
  for (let lines = 0; lines < FIRST_LINES; lines++) {
    const end = content.indexOf(LINE_FEED, at);
    const line = text.slice(at, end < 0 ? undefined : end);
    if (!MUST_BE_FIRST.some((form) => form.test(line))) break;
    if (end < 0) return content.length;
    at = end + 1;
  }
  return at;
}

/** In no encoding anything else, on one line, and without what would end the comment. */
function plain(about: string, { open, close }: CommentSigns): string {
  const text = about.replace(/[^ -~]/g, "?").replaceAll("?>", "? >").replace(/\\+$/, "");
  if (open === "<!--") return text.replace(/-{2,}/g, "-");
  return close === "" ? text : text.replaceAll(close, [...close].join(" "));
}

function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e;
}

function startsWith(bytes: Uint8Array, part: Uint8Array, at: number): boolean {
  if (bytes.length - at < part.length) return false;
  for (let index = 0; index < part.length; index++) {
    if (bytes[at + index] !== part[index]) return false;
  }
  return true;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
