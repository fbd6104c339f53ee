/** Which files of a directory of graphs are programs. */

import type { Result } from "../../base/result.ts";

/** Files that are programs, and no modules of one, by what is written in them. */
export function programsAmong(
  files: readonly { readonly name: string; readonly bytes: Result<Uint8Array> }[],
): readonly string[] {
  const decoder = new TextDecoder();
  return files.filter(({ name, bytes }) =>
    hasProgramName(name) && bytes.ok && isProgramText(decoder.decode(bytes.value))
  ).map(({ name }) => name);
}

/** What stands for all of them among the files of the directory. */
export const PROGRAMS = "*.ts";

function isProgramText(text: string): boolean {
  return /^[ \t]*export[ \t]+default[ \t]+program[ \t]*[(<]/m.test(text);
}

/** A file of a directory as the user would name it. */
export function fileIn(directory: string, name: string): string {
  return `${directory.replace(/\/+$/, "")}/${name}`;
}

/** Whether a file may be one by its name; types of the module mgmt are none. */
export function hasProgramName(name: string): boolean {
  return name.endsWith(".ts") && !name.endsWith(".d.ts") && !name.startsWith(".");
}
