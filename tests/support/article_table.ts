/**
 * The tables of `docs/articles.md`: what the articles' commands print here, line by line.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { repositoryFile } from "./program.ts";

const DOCUMENT = Deno.readTextFileSync(repositoryFile("docs/articles.md"));

/** Lines that a test changes because it does not take as long as the article. */
export type Quicker = (line: string) => string | undefined;

/** A line that is printed here. */
interface Row {
  readonly text: string;
  /** It is printed on a busy machine only, or where something takes long. */
  readonly isRare: boolean;
}

/** What stands in the second column of a table, in its order. */
function printedHere(table: string): Row[] {
  const [, after = ""] = DOCUMENT.split(`<!-- table: ${table} -->\n`);
  const rows = after.split("\n\n")[0]!.split("\n").slice(2);
  assert(rows.length > 5, `docs/articles.md has no table ${table}`);
  return rows.map((row) => ({
    text: /^\|[^|]*\| `([^`|]*)` \|/.exec(row)?.[1] ?? "",
    isRare: /\| not always: [^|]*\|$/.test(row),
  }));
}

/** The commands of a block. */
export function commandsOf(block: string): string[][] {
  const [, after = ""] = DOCUMENT.split(`<!-- commands: ${block} -->\n\`\`\`sh\n`);
  const lines = after.split("```")[0]!.trim().split("\n");
  return lines.map((line) => line.split(" ").slice(1));
}

/**
 * Holds that everything printed is in the table, that everything in the table is printed but for what is
 * not always, and that each line comes first where the table has it. `quicker` says how a row is for this
 * run; undefined: not at all.
 */
export function assertPrinted(
  stderr: string,
  table: string,
  quicker: Quicker = (row) => row,
): void {
  const rows = printedHere(table).flatMap(({ text, isRare }) => {
    const here = quicker(text);
    return here === undefined ? [] : [{ text: here, isRare, pattern: patternOf(here) }];
  });
  // Differences stand below their line, without a time.
  const lines = stderr.split("\n").filter((line) => line !== "" && !line.startsWith(" "))
    .map((line) => line.replace(/^\d\d:\d\d:\d\d /, ""));
  const strangers = lines.filter((line) => !rows.some(({ pattern }) => pattern.test(line)));
  assertEquals(strangers, [], `not in docs/articles.md, ${table}`);
  const usual = rows.filter(({ isRare }) => !isRare).map(({ text, pattern }) => ({
    text,
    place: lines.findIndex((line) => pattern.test(line)),
  }));
  const missing = usual.filter(({ place }) => place === -1).map(({ text }) => text);
  assertEquals(missing, [], `not printed:\n${stderr}`);
  const places = usual.map(({ place }) => place);
  assertEquals(places, places.toSorted((a, b) => a - b), `another order:\n${stderr}`);
}

function patternOf(row: string): RegExp {
  const parts = row.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}
