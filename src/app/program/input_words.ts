/**
 * What a program reads, in the words in which it is written there.
 *
 * @module
 */

import { names } from "../../base/words.ts";
import type { ModulePlace } from "../../program/protocol.ts";

/** Resources that a message names. */
const SHOWN = 5;
const quoted = (text: string | undefined) => JSON.stringify(text ?? "");
const inside = (path: readonly string[]) => path.map((step) => `.${step}`).join("");

/** How an input is asked for, by the first word of its path. */
const WORDS: Readonly<Record<string, (path: readonly string[]) => string>> = {
  file: ([path]) => path ?? "a file",
  data: ([path]) => path ?? "a file",
  elected: ([name]) => `fleet.elect(${quoted(name)})`,
  fleet: ([what, key, ...path]) =>
    what === "hosts" ? "fleet.hosts()" : `fleet.values(${quoted(key)})${inside(path)}`,
  time: ([what, span]) => `${what === "every" ? "every" : "time.within"}(${quoted(span)})`,
  output: ([key]) => `${key}.output`,
  probe: ([key]) => `${key}.healthy`,
};

/** An input as people know it: `fleet.elect("cron")`, `host.labels.role`, the name of a file. */
export function inputWords([family = "", ...below]: readonly string[]): string {
  const words = Object.hasOwn(WORDS, family) ? WORDS[family] : undefined;
  return words?.(below) ?? `${family}${inside(below)}`;
}

/** What a program waits for, and where it asks. */
export function waitText(
  { path, why }: { readonly path: readonly string[]; readonly why: string },
  at: ModulePlace | undefined,
  shown: (path: string) => string,
): string {
  const where = at === undefined ? "" : ` (${shown(at.path)}:${at.line}:${at.column})`;
  return `the program waits for ${inputWords(path)}${where}, which is not known: ${why}`;
}

/** Says that only the beginning of a graph is known. */
export function lacksText(
  { path, why }: { readonly path: readonly string[]; readonly why: string },
): string {
  return `${inputWords(path)} is not known: ${why}; what the program says after it stays as it is`;
}

/** Says what was made by an elected host and stays, now that it is not elected. */
export function staysText(keys: readonly string[]): string {
  return `left as it is, for nothing takes it back: ${
    names(keys, SHOWN)
  }, which this program has ` +
    "only where its host is elected";
}
