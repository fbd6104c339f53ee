/**
 * Files into which secrets were written, kept below the prefix: when no resource there has one any more,
 * the next change, its difference and its copies still hold what was there.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { ok, type Result } from "../../base/result.ts";
import { type StateDirectory, stateDirectory } from "../../os/state/state_directory.ts";
import type { SecretNames } from "../../secrets/beside.ts";

const NAME = "secret-paths";
const FORMAT = "mgmt-secret-paths-1";
/** Secrets of one path that are remembered: the latest. */
const NAMES_MOST = 100;

/** The list of one prefix. */
export class SecretPaths {
  readonly #directory: StateDirectory | undefined;
  #known: Map<string, ReadonlySet<string>> | undefined;

  /** `prefix`: where it is read, absolute; undefined: there is none. */
  constructor(prefix: string | undefined) {
    this.#directory = prefix === undefined ? undefined : stateDirectory(prefix);
  }

  /** The names of the secrets that each path had, the latest path last. */
  known(): SecretNames {
    return this.#known ??= parsed(this.#directory?.read(NAME) ?? "");
  }

  /** These are written from now on; durable when it returns. */
  add(written: SecretNames): Result<void> {
    const next = new Map(this.known());
    let isNew = false;
    for (const [path, names] of written) {
      const before = next.get(path);
      if (before !== undefined && [...names].every((name) => before.has(name))) continue;
      isNew = true;
      next.delete(path);
      const older = [...before ?? []].filter((name) => !names.has(name));
      next.set(path, new Set([...older, ...names].slice(-NAMES_MOST)));
    }
    if (!isNew) return ok(undefined);
    const kept = [...next].slice(-LIMITS.secretPaths);
    this.#known = new Map(kept);
    const lines = kept.map(([path, names]) => JSON.stringify([path, ...names]));
    return this.#directory?.write(NAME, [FORMAT, ...lines, ""].join("\n")) ?? ok(undefined);
  }
}

/** What is no line of the list is left out. */
function parsed(text: string): Map<string, ReadonlySet<string>> {
  const known = new Map<string, ReadonlySet<string>>();
  const [format, ...lines] = text.split("\n");
  if (format !== FORMAT) return known;
  for (const line of lines) {
    const words = wordsOf(line);
    const [path, ...names] = words;
    if (path !== undefined) known.set(path, new Set(names));
  }
  return known;
}

function wordsOf(line: string): readonly string[] {
  try {
    const words: unknown = JSON.parse(line);
    return Array.isArray(words) && words.every((word) => typeof word === "string") ? words : [];
  } catch {
    return [];
  }
}
