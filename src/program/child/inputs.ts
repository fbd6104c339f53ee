/**
 * What a program is given: inputs that remember what was read of them.
 *
 * @module
 */

import type { JsonValue } from "../../base/input.ts";
import type { InputSaying, RecordedRead } from "../recorded_reads.ts";
import { INPUT_WORDS } from "../surface.ts";
import { createFleet, type FleetParts } from "./fleet.ts";
import { mistakeHere } from "./mistake.ts";
import { nameOf } from "./plain.ts";
import { refuseSecrets, secret } from "./secrets.ts";

/** Reads an input, for the evaluation that is running. */
export type ReadNow = (
  path: RecordedRead["path"],
  of: RecordedRead["of"],
) => InputSaying & { readonly isKnown: true };

/** The inputs; `readNow` throws where nothing is running. `share` shares a value of this host. */
export function createInputs(
  readNow: ReadNow,
  share: FleetParts["share"],
): Readonly<Record<string, unknown>> {
  const families = INPUT_WORDS.map((family) => [family, openMap([family], readNow)] as const);
  return Object.freeze({
    ...Object.fromEntries(families),
    read: (path: unknown) => readText(path, readNow),
    secret,
    data: (path: unknown) => valueAt(["data", fileName(path, "data")], readNow),
    fleet: createFleet({
      read: (path) => valueAt(path, readNow),
      keys: (path) => keysOf(path, readNow),
      share,
    }),
    every: (interval: unknown) => valueAt(["time", "every", spanOf(interval)], readNow),
    time: Object.freeze({
      within: (span: unknown) => valueAt(["time", "within", textOfTime(span)], readNow),
    }),
  });
}

function fileName(path: unknown, what: string): string {
  if (typeof path === "string" && path !== "" && !path.includes("\0")) return path;
  throw mistakeHere(`${what}() takes the path of a file, not ${nameOf(path)}`);
}

function readText(path: unknown, readNow: ReadNow): unknown {
  const name = fileName(path, "read");
  const said = readNow(["file", name], "look");
  if (!("value" in said)) return undefined;
  refuseSecrets(said.value, name);
  return said.value;
}

function keysOf(path: readonly string[], readNow: ReadNow): string[] {
  const said = readNow(path, "keys");
  if (!("value" in said) || !Array.isArray(said.value)) return [];
  refuseSecrets(said.value, path.join("."));
  return said.value as string[];
}

function spanOf(interval: unknown): string {
  const [, count, unit] = /^([1-9]\d{0,4})([smhd])$/.exec(String(interval)) ?? [];
  if (count !== undefined && unit !== undefined) return `${count}${unit}`;
  throw mistakeHere('every() takes a time such as "30s", "10m", "6h" or "1d"');
}

function textOfTime(span: unknown): string {
  const hour = "([01]\\d|2[0-3]):[0-5]\\d";
  if (new RegExp(`^${hour}-${hour}$`).test(String(span))) return String(span);
  throw mistakeHere('time.within() takes two times of the day, such as "02:00-04:00"');
}

/** What is there: a map that remembers what is read of it, or a value. */
function valueAt(path: readonly string[], readNow: ReadNow): unknown {
  const said = readNow(path, "look");
  if ("isMap" in said) return openMap(path, readNow);
  refuseSecrets(said.value, path.join("."));
  return frozen(said.value);
}

function frozen(value: JsonValue | undefined): unknown {
  if (typeof value !== "object" || value === null) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

/** A map of which anybody may ask for anything; also that something is not there is a read. */
function openMap(path: readonly string[], readNow: ReadNow): object {
  const refuse = () => {
    throw mistakeHere(`${path.join(".")} is an input, and cannot be changed`);
  };
  const at = (key: string | symbol) =>
    typeof key === "string" ? valueAt([...path, key], readNow) : undefined;
  return new Proxy({}, {
    get: (_target, key) => at(key),
    has: (_target, key) => at(key) !== undefined,
    ownKeys: () => keysOf(path, readNow),
    getOwnPropertyDescriptor: (_target, key) => {
      const value = at(key);
      if (value === undefined) return undefined;
      return { value, enumerable: true, configurable: true, writable: false };
    },
    set: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
    setPrototypeOf: refuse,
    preventExtensions: refuse,
  });
}
