/**
 * Which hosts a graph is for, where it says so at its top.
 *
 * @module
 */

import { describeValue, isMap, isNothing } from "./describe.ts";
import type { Mistakes } from "./mistakes.ts";
import type { Path } from "./path.ts";

/** The hosts that a graph is for: patterns in which `*` is any characters and `?` is one. */
export interface Only {
  readonly hosts: readonly string[];
}

/** What a graph file says of it. */
export interface OnlyFields {
  readonly host: string | readonly string[];
}

const EXAMPLE = 'only: {host: "web*"}';
/** Patterns of one graph. */
const PATTERNS = 1000;

/** Reads `only`; undefined where it is not there, or wrong. */
export function readOnly(value: unknown, mistakes: Mistakes): Only | undefined {
  if (isNothing(value)) return undefined;
  const before = mistakes.errors;
  if (!isMap(value)) {
    mistakes.error(["only"], `only must be a map, not ${describeValue(value)}`, {
      hint: `for instance ${EXAMPLE}`,
    });
    return undefined;
  }
  for (const key of Object.keys(value)) {
    if (key === "host") continue;
    mistakes.error(["only", key], `only: the key ${JSON.stringify(key)} is unknown`, {
      part: "key",
      hint: `there is host: ${EXAMPLE}`,
    });
  }
  const hosts = readHosts(value.host, mistakes);
  return mistakes.errors > before ? undefined : { hosts };
}

function readHosts(value: unknown, mistakes: Mistakes): readonly string[] {
  const path = ["only", "host"];
  const list = Array.isArray(value) ? value : [value];
  if (isNothing(value) || list.length === 0 || list.length > PATTERNS) {
    const message = list.length > PATTERNS
      ? `only: host has ${list.length} names; at most ${PATTERNS} are allowed`
      : "only: host says no host, so that this graph is for none";
    mistakes.error(path, message, { hint: `name one, or several as a list: ${EXAMPLE}` });
    return [];
  }
  const at = (index: number): Path => Array.isArray(value) ? [...path, index] : path;
  return list.flatMap((pattern, index) => {
    if (typeof pattern === "string" && pattern !== "") return [pattern];
    mistakes.error(at(index), `only: host must be text, not ${describeValue(pattern)}`, {
      quote: typeof pattern === "number" || typeof pattern === "boolean",
    });
    return [];
  });
}

/** Whether it is for this host. */
export function isFor({ hosts }: Only, host: string): boolean {
  return hosts.some((pattern) => fits([...pattern], [...host]));
}

/** Hosts that a message names. */
const NAMED = 4;

/** Whom it is for, in words. */
export function hostsText({ hosts }: Only): string {
  const more = hosts.length > NAMED ? ` and ${hosts.length - NAMED} more` : "";
  return hosts.slice(0, NAMED).join(", ") + more;
}

/** Tries the last `*` again with one character more: never more steps than one length times the other. */
function fits(pattern: readonly string[], text: readonly string[]): boolean {
  let [at, star, from] = [0, -1, 0];
  for (let index = 0; index < text.length;) {
    if (pattern[at] === "*") {
      star = at++;
      from = index;
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === text[index])) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++from;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}
