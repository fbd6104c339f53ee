/**
 * The holds in force of a prefix, as they are kept on the disk: they outlive the agent, and a restart of
 * the host.
 *
 * @module
 */

import { isJsonObject, parseJson } from "../../base/json.ts";
import { LIMITS } from "../../base/limits.ts";
import type { Result } from "../../base/result.ts";
import type { Hold } from "../../engine/hold.ts";
import { notToBeBelieved } from "../../os/state/private_files.ts";
import { stateDirectory } from "../../os/state/state_directory.ts";

/** Stands for all resources. */
export const ALL = "*";

/** Holds by the key of their resource, or by {@linkcode ALL}. */
export type Holds = ReadonlyMap<string, Hold>;

const NAME = "holds.json";
const VERSION = 1;

/** The file below a prefix. */
export class HoldFile {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Those that are kept; `damage`: what there is cannot be understood, so some or all are lost. */
  read(): { readonly holds: Holds; readonly damage?: string } {
    const directory = stateDirectory(this.#prefix);
    const holds = new Map<string, Hold>();
    const foreign = notToBeBelieved(`${directory.path}/${NAME}`);
    if (foreign !== undefined) {
      return { holds, damage: `${foreign.message}, so what it says is not held` };
    }
    const text = directory.read(NAME);
    if (text === undefined) return { holds };
    const value = parseJson(text);
    const list = isJsonObject(value) && Array.isArray(value["holds"])
      ? value["holds"]
      : [undefined];
    const kept = list.slice(0, LIMITS.holds).map(holdOf);
    for (const hold of kept) if (hold !== undefined) holds.set(...hold);
    if (!kept.includes(undefined)) return { holds };
    const damage = `${directory.path}/${NAME} is damaged: what it held is not held any more; ` +
      "place it again with mgmt hold";
    return { holds, damage };
  }

  /** Replaces them; durable when it returns. */
  write(holds: Holds): Result<void> {
    const directory = stateDirectory(this.#prefix);
    if (holds.size === 0) return directory.remove(NAME);
    const list = [...holds].map(([key, hold]) => ({ key, ...hold }));
    return directory.write(NAME, JSON.stringify({ v: VERSION, holds: list }));
  }
}

function holdOf(value: unknown): [string, Hold] | undefined {
  if (!isJsonObject(value)) return undefined;
  const { key, reason, author, sinceMs, untilMs, undo } = value;
  const isOne = typeof key === "string" && typeof reason === "string" &&
    typeof author === "string" && isMoment(sinceMs) && isMoment(untilMs);
  if (!isOne) return undefined;
  const hold = { reason, author, sinceMs: Number(sinceMs), untilMs: Number(untilMs) };
  return [key, undo === true ? { ...hold, undo } : hold];
}

/** Others write that file, too: what is no date cannot be shown as one. */
function isMoment(value: unknown): boolean {
  return typeof value === "number" && !Number.isNaN(new Date(value).getTime());
}
