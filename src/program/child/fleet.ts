/**
 * What a program shares with other hosts, and reads of them.
 *
 * @module
 */

import { mistakeHere } from "./mistake.ts";
import { nameOf } from "./plain.ts";

/** How inputs are read, and how a value is shared. */
export interface FleetParts {
  /** What an input says, and of a map a view that remembers what is read of it. */
  read(path: readonly string[]): unknown;
  keys(path: readonly string[]): readonly string[];
  share(key: string, value: unknown): object;
}

/** Which hosts are meant. */
interface HostChoice {
  /** `"role=web"`, or `{ role: "web" }`: all of these. */
  readonly label?: unknown;
  readonly live?: unknown;
}

/** The part of the inputs that has to do with other hosts. */
export function createFleet(parts: FleetParts): Readonly<Record<string, unknown>> {
  return Object.freeze({
    share: (key: unknown, value: unknown) => parts.share(textOf(key, "share"), value),
    values: (key: unknown) => parts.read(["fleet", "values", textOf(key, "values")]),
    hosts: (choice: unknown = {}) =>
      Object.freeze(
        parts.keys(["fleet", "hosts"]).filter((host) =>
          isChosen(host, choice as HostChoice, parts)
        ),
      ),
    elect: (name: unknown, how: unknown = {}) => elect(textOf(name, "elect"), how, parts),
  });
}

function textOf(value: unknown, what: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw mistakeHere(`fleet.${what}() takes a name first, not ${nameOf(value)}`);
}

function isChosen(host: string, { label, live }: HostChoice, { read }: FleetParts): boolean {
  const at = (...path: readonly string[]) => read(["fleet", "hosts", host, ...path]);
  if (live !== undefined && at("live") !== live) return false;
  return labelsOf(label).every(([name, value]) => at("labels", name) === value);
}

function labelsOf(label: unknown): readonly (readonly [name: string, value: string])[] {
  if (label === undefined) return [];
  if (typeof label === "string" && label.includes("=")) {
    const at = label.indexOf("=");
    return [[label.slice(0, at), label.slice(at + 1)]];
  }
  if (typeof label === "object" && label !== null) {
    return Object.entries(label).map(([name, value]) => [name, String(value)]);
  }
  throw mistakeHere(`label is a text such as "role=web" or a map of labels, not ${nameOf(label)}`);
}

/** Whether this host is elected; one that is not among those that may be does not stand. */
function elect(name: string, how: unknown, parts: FleetParts): unknown {
  const { count = 1, among } = how as { readonly count?: unknown; readonly among?: unknown };
  if (typeof count !== "number" || !Number.isInteger(count) || count < 1) {
    throw mistakeHere(`count is how many are elected, from 1, not ${nameOf(count)}`);
  }
  const own = parts.read(["host", "name"]);
  const mayBe = among === undefined ||
    (Array.isArray(among)
      ? among.includes(own)
      : labelsOf(among).every(([key, value]) => parts.read(["host", "labels", key]) === value));
  return mayBe && parts.read(["elected", name, String(count)]) === true;
}
