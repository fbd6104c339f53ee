/**
 * How the house is cut: lines per room, the largest room, import circles, functions that fit no screen, names that
 * are declared twice, exports that nobody takes. Exits with 1 where one of them is over its limit.
 *
 * Usage: deno task house
 *
 * @module
 */

import { importCircles } from "./house/circles.ts";
import {
  deadExports,
  LONGEST_FUNCTION,
  longFunctions,
  namesDeclaredTwice,
} from "./house/declarations.ts";
import { LARGEST_SHARE, rooms } from "./house/rooms.ts";
import { readSources } from "./house/source_tree.ts";

const ROOT = new URL("../", import.meta.url).pathname;

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

/** Prints one finding with its limit; whether that holds. */
function say(what: string, found: readonly string[]): boolean {
  console.log(`${what}: ${found.length}`);
  for (const each of found) console.log(`  ${each}`);
  return found.length === 0;
}

function main(): number {
  const files = readSources(ROOT, "src");
  const users = readSources(ROOT, "main.ts", "scripts", "tests");
  const all = rooms(files);
  for (const { name, files: count, lines, share } of all) {
    console.log(
      `${name.padEnd(28)} ${`${count}`.padStart(4)} files ${`${lines}`.padStart(6)} lines ` +
        `${percent(share).padStart(7)}`,
    );
  }
  const [largest] = all;
  const total = all.reduce((sum, { lines }) => sum + lines, 0);
  console.log(`\nlines: ${total}`);
  console.log(
    `largest room: ${largest?.name}, ${percent(largest?.share ?? 0)} (at most ${
      percent(LARGEST_SHARE)
    })`,
  );
  const holds = [
    (largest?.share ?? 0) <= LARGEST_SHARE,
    say("import circles", importCircles(files).map((circle) => circle.join(", "))),
    say(`functions over ${LONGEST_FUNCTION} lines`, longFunctions(files)),
    say("type names declared twice", namesDeclaredTwice(files)),
    say("exports that nobody takes", deadExports(files, users)),
  ];
  return holds.every(Boolean) ? 0 : 1;
}

Deno.exit(main());
