import { dirname, resolve } from "node:path";
import { didYouMean } from "../../base/nearest.ts";
import type { ProgramMistake } from "../protocol.ts";
import { textOf } from "./stack.ts";

const MISSING = /does not provide an export named '([^']+)'/;

/**
 * What it means that a module imports what another does not export: the runtime names the two by what they are
 * linked as, and so the place is looked for. Undefined: it is something else that was thrown.
 */
export function missingExport(
  thrown: unknown,
  texts: ReadonlyMap<string, string>,
  ofMgmt: readonly string[],
): ProgramMistake | undefined {
  const name = MISSING.exec(textOf(thrown))?.[1];
  if (name === undefined) return undefined;
  for (const [path, text] of texts) {
    for (const { index, 0: clause, 1: names = "", 2: from = "" } of text.matchAll(IMPORT)) {
      const at = names.search(new RegExp(`(?<![\\w$])${name.replaceAll("$", "\\$")}(?![\\w$])`));
      if (at < 0 || (from === "mgmt" && ofMgmt.includes(name))) continue;
      if (from !== "mgmt" && exportsIt(from, name, path, texts)) continue;
      const offset = index + clause.indexOf(names) + at;
      const before = text.slice(0, offset);
      const line = before.split("\n").length;
      const column = offset - before.lastIndexOf("\n");
      return {
        message: `"${from}" exports nothing that is called ${name}`,
        hint: from === "mgmt" ? hintOfMgmt(name, ofMgmt) : TYPES,
        frames: [{ path, line, column }],
        length: name.length,
      };
    }
  }
  return { message: `a module imports ${name}, which is not exported`, frames: [] };
}

const TYPES = "if it is a type, import it by import type { … }";

/** Kinds are in small letters, types begin with a capital. */
function hintOfMgmt(name: string, ofMgmt: readonly string[]): string {
  if (/^[A-Z]/.test(name)) return TYPES;
  return didYouMean(name, ofMgmt) ?? `there are: ${ofMgmt.join(", ")}`;
}

const IMPORT = /\b(?:import|export)\s*(?:[\w$]+\s*,\s*)?\{([^}]*)\}\s*from\s*["']([^"']+)["']/g;

/** Whether a module surely exports a name; looked for roughly, to tell several imports of it apart. */
function exportsIt(
  from: string,
  name: string,
  path: string,
  texts: ReadonlyMap<string, string>,
): boolean {
  const target = resolve(dirname(path), from);
  const text = texts.get(target);
  if (text === undefined) return false;
  const word = name.replaceAll("$", "\\$");
  const declared = "(?:async\\s+)?function\\s*\\*?|const|let|var|class|\\{[^}]*";
  return new RegExp(`\\bexport\\s+(?:${declared})\\s*(?<![\\w$])${word}(?![\\w$])`).test(text);
}
