/**
 * The lines of an ini file, each for what it is. What readers do not agree on is read in the way that
 * keeps most: text that is further to the right than a value belongs to it.
 *
 * @module
 */

/** One line. */
export type IniLine =
  & {
    /** The section in which it stands; a head is in its own. */
    readonly section: string | undefined;
    readonly indent: string;
  }
  & (
    | { readonly type: "head" | "blank" }
    /** `ready`: the key that it would set without its sign. */
    | { readonly type: "comment"; readonly ready?: string }
    | {
      readonly type: "value";
      readonly key: string;
      /** With the blanks around it; empty: the key stands alone. */
      readonly separator: string;
      readonly value: string | undefined;
      /** It goes on with the value of the line before. */
      readonly continues: boolean;
      /** It may go on with that value, or set another key. */
      readonly isDoubtful?: true;
    }
  );

/** All lines, or the first that is none. */
export type ReadLines =
  | { readonly ok: true; readonly lines: readonly IniLine[] }
  | {
    readonly ok: false;
    readonly line: number;
    readonly column: number;
    readonly message: string;
  };

const HEAD = /^\s*\[([^\]]*)\]\s*(?:[#;].*)?$/;
const COMMENT = /^\s*[#;]/;

/** A key, what stands behind it, and its value. */
interface KeyParts {
  readonly key: string;
  readonly separator: string;
  readonly value: string | undefined;
}

/** Reads all lines of a file. */
export function readLines(texts: readonly string[]): ReadLines {
  const lines: IniLine[] = [];
  let section: string | undefined;
  let value: { indent: string; goesOn: boolean; isEmpty: boolean } | undefined;
  for (const [index, text] of texts.entries()) {
    const indent = /^\s*/.exec(text)?.[0] ?? "";
    const at = { section, indent };
    if (text.trim() === "") {
      lines.push({ type: "blank", ...at });
      value = undefined;
      continue;
    }
    const isFurtherText = isDeeper(text, indent, value?.indent) &&
      (value?.isEmpty || partsOf(text).separator === "");
    if (value !== undefined && (value.goesOn || isFurtherText)) {
      lines.push({
        type: "value",
        ...at,
        key: "",
        separator: "",
        value: text.trim(),
        continues: true,
      });
      value = { ...value, goesOn: text.endsWith("\\") };
      continue;
    }
    if (COMMENT.test(text)) {
      const { key, separator } = partsOf(text.trimStart().replace(/^[#;]+/, ""));
      lines.push({ type: "comment", ...at, ...(separator === "" ? {} : { ready: key }) });
      continue;
    }
    const head = HEAD.exec(text)?.[1];
    if (head !== undefined) {
      section = head.trim();
      lines.push({ type: "head", section, indent });
      value = undefined;
      continue;
    }
    if (text.trimStart().startsWith("[")) {
      return {
        ok: false,
        line: index + 1,
        column: indent.length + 1,
        message: "a section that does not end",
      };
    }
    const parts = partsOf(text);
    const isFurther = isDeeper(text, indent, value?.indent);
    lines.push({
      type: "value",
      ...at,
      ...parts,
      continues: false,
      ...(isFurther ? { isDoubtful: true as const } : {}),
    });
    value = { indent, goesOn: text.endsWith("\\"), isEmpty: parts.value === "" };
  }
  return { ok: true, lines };
}

function isDeeper(text: string, indent: string, outer: string | undefined): boolean {
  return outer !== undefined && indent.length > outer.length && indent.startsWith(outer) &&
    !COMMENT.test(text) && !HEAD.test(text);
}

/** The sign is the first =, or a : with a blank behind it that comes before; the key may have [] around any. */
function partsOf(text: string): KeyParts {
  let [depth, at] = [0, -1];
  for (let index = 0; index < text.length && at < 0; index++) {
    const sign = text[index];
    if (sign === "[") depth++;
    else if (sign === "]") depth--;
    else if (depth > 0) continue;
    else if (sign === "=" || (sign === ":" && /^\s?$/.test(text[index + 1] ?? ""))) at = index;
  }
  if (at < 0) return { key: text.trim(), separator: "", value: undefined };
  const [before, behind] = [text.slice(0, at), text.slice(at + 1)];
  const [key, value] = [before.trimEnd(), behind.trimStart()];
  const separator = text.slice(key.length, text.length - value.length);
  return { key: key.trimStart(), separator, value: value.trimEnd() };
}
