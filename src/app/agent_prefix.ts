/**
 * Which agent of this host a command means: the one that is named, else that of the default prefix, else
 * the only one with a name.
 *
 * @module
 */

import { basename, join, resolve } from "node:path";
import { fail, ok, type Result } from "../base/result.ts";
import { shellWord } from "../base/shell_word.ts";
import { lstat } from "../os/files/stat.ts";
import { defaultPrefix, directoriesIn } from "../os/state/state_directory.ts";
import { holderHasEnded } from "../os/state/state_lock.ts";
import { type GivenFlags, readFlag } from "./flags.ts";
import { HOSTNAME_FLAG } from "./run_flags.ts";
import { prefixOf } from "./settings.ts";

/** The flags that say which agent or cluster is meant, and the environment. */
export interface PlaceFlags {
  readonly flags: GivenFlags;
  readonly environment: (name: string) => string | undefined;
  /** False: the command is for this host, and has no flag that names others. */
  readonly takesSeeds?: boolean;
  /** True: an operator may ask instead of a host. */
  readonly takesOperator?: boolean;
}

/** Whether an agent runs with a prefix, and whether one ever did. */
const STATES = [
  // One that was killed has left its socket.
  (prefix: string) => isThere(join(prefix, "control.sock")) && !holderHasEnded(prefix),
  (prefix: string) => isThere(join(prefix, "lock")),
];
/** Names in a message. */
const NAMED = 10;

/** The prefix that flags name, by the rules of `mgmt run`. */
export function placePrefix({ flags }: Pick<PlaceFlags, "flags">): Result<string> {
  const read = readFlag(HOSTNAME_FLAG, { flags });
  if (!read.ok) return read;
  const hostname = read.value;
  const named = flags.get("prefix");
  if (named !== undefined) return ok(resolve(named));
  const fallback = defaultPrefix();
  if (!fallback.ok) return fallback;
  return ok(prefixOf(hostname === undefined ? {} : { hostname }, fallback.value));
}

/** The flags that say which agent is meant, for a command in a hint: with a blank before each. */
export function placeWords({ flags }: Pick<PlaceFlags, "flags">): string {
  return ["prefix", "hostname"].map((name) => {
    const value = flags.get(name);
    return value === undefined ? "" : ` --${name} ${shellWord(value)}`;
  }).join("");
}

/** The prefix of the agent to ask; a failure where it could be one of several. */
export function agentPrefix(given: Pick<PlaceFlags, "flags">): Result<string> {
  const found = placePrefix(given);
  if (!found.ok || isNamed(given)) return found;
  const [prefix, ...others] = candidates(found.value);
  return others.length === 0 ? ok(prefix) : whichOf([prefix, ...others]);
}

/** Whether flags say which. */
export function isNamed({ flags }: Pick<PlaceFlags, "flags">): boolean {
  return flags.has("prefix") || flags.has("hostname");
}

/** Prefixes of which one is meant where none is named: of those that run, else of all there are. */
export function candidates(fallback: string): readonly [string, ...string[]] {
  const below = directoriesIn(join(fallback, "hosts"));
  const all = [fallback, ...below.toSorted().map((name) => join(fallback, "hosts", name))];
  for (const isSo of STATES) {
    const [first, ...more] = all.filter(isSo);
    if (first !== undefined) return first === fallback ? [fallback] : [first, ...more];
  }
  return [fallback];
}

/** Several could be meant. */
export function whichOf(prefixes: readonly string[]): Result<never> {
  const hosts = prefixes.map((prefix) => basename(prefix));
  const more = hosts.length > NAMED ? `, and ${hosts.length - NAMED} more` : "";
  const list = hosts.slice(0, NAMED).join(", ") + more;
  return fail(`which agent? On this host there are those of ${list}`, {
    code: "which",
    hint: `name one: --hostname ${hosts[0]}`,
  });
}

/** Whether something has that name, as far as this may be looked at. */
export function isThere(path: string): boolean {
  try {
    return lstat(path) !== undefined;
  } catch {
    return false;
  }
}
