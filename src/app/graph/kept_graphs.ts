/**
 * The last good reading of each graph file, below the prefix: what a resident agent starts with when
 * the file is broken. What is spoiled here, or was written by another version, counts as none.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { ok, type Result } from "../../base/result.ts";
import type { Host } from "../../host/host.ts";
import { readGraphBytes } from "../../os/graph_text.ts";
import { stateDirectory, stateName } from "../../os/state/state_directory.ts";
import type { Reporter } from "../../report/event.ts";
import { keepFile, pruneFiles } from "../keep_file.ts";
import { judge, type Opening, openingsOf, trustAsService, type TrustRule } from "./graph_trust.ts";

/** A reading as it is kept. */
export interface KeptGraph {
  readonly version: 1;
  /** The file by the name that it was read by, and without links; both absolute. */
  readonly name: string;
  readonly path: string;
  /** When it was read first, in ISO 8601. */
  readonly at: string;
  /** What let others change it then. */
  readonly openings: readonly Opening[];
  readonly text: string;
  /** Of a directory its files, in place of the text. */
  readonly files?: readonly { readonly name: string; readonly text: string }[];
  /** Files of values, by the names that the graph has for them. */
  readonly values?: readonly { readonly name: string; readonly text: string }[];
}

/** What the keeper needs. */
export interface KeptGraphsOptions {
  readonly host: Pick<Host, "files" | "clock">;
  /** Where readings are kept; undefined: nowhere. */
  readonly prefix: string | undefined;
  /** Where to read what earlier runs kept. */
  readonly earlier: string;
  readonly warn: (text: string) => void;
}

/** Text as JSON, and what stands beside it. */
const FILE_BYTES = 6 * LIMITS.graphFileBytes;

/** Keeps good readings, and finds them again. */
export class KeptGraphs {
  readonly #options: KeptGraphsOptions;
  #keeping: Promise<void> = Promise.resolve();
  #warned = false;

  constructor(options: KeptGraphsOptions) {
    this.#options = options;
  }

  /** Keeps a reading, soon and after those before it. */
  keep(reading: Omit<KeptGraph, "version" | "at">): void {
    const { prefix, host, warn } = this.#options;
    if (prefix === undefined) return;
    this.#keeping = this.#keeping.then(() => host.clock.yieldTurn()).then(async () => {
      const kept = await this.#write(`${prefix}/graphs`, reading);
      if (kept.ok || this.#warned) return;
      this.#warned = true;
      warn(
        `this reading of ${reading.path} cannot be kept for a start with a broken file: ` +
          kept.failure.message,
      );
    });
  }

  /** Resolves when all of them are kept. */
  kept(): Promise<void> {
    return this.#keeping;
  }

  /**
   * The last good reading of the file at `path`, if `rule` lets it run; undefined: there is none.
   * Where others could lead the name elsewhere now (`unsafe`), only one by that very name counts.
   */
  async find(
    { name, path, unsafe, rule }: {
      readonly name: string;
      readonly path: string;
      readonly unsafe: boolean;
      readonly rule: TrustRule | undefined;
    },
  ): Promise<KeptGraph | undefined> {
    const { earlier, warn } = this.#options;
    const file = placeOf(`${earlier}/graphs`, path);
    const { way, bytes } = await readGraphBytes(file, FILE_BYTES);
    if (way === undefined) return undefined;
    const none = (why: string) => void warn(`the last good reading of ${path} is not used: ${why}`);
    const planted = judge(await openingsOf(way), trustAsService());
    if (planted !== undefined) return none(planted.message);
    if (!bytes.ok) return none(bytes.failure.message);
    const kept = parse(new TextDecoder().decode(bytes.value), path);
    if (kept === undefined) return none(`${file} is spoiled, or of another version`);
    if (unsafe && kept.name !== name) return none(`it was read as ${kept.name}`);
    const distrust = rule && judge(kept.openings, rule);
    if (distrust?.severity === "error") return none(`when it was read ${distrust.message}`);
    return kept;
  }

  async #write(
    directory: string,
    reading: Omit<KeptGraph, "version" | "at">,
  ): Promise<Result<void>> {
    const { files, clock } = this.#options.host;
    const before = parse(stateDirectory(directory).read(nameOf(reading.path)), reading.path);
    if (before !== undefined && sameReading(before, reading)) return ok(undefined);
    const kept: KeptGraph = { version: 1, ...reading, at: clock.wall().toISOString() };
    const content = JSON.stringify(kept);
    const written = await keepFile(files, { directory, name: nameOf(reading.path), content });
    return written.ok ? await pruneFiles(files, { directory, most: LIMITS.keptGraphs }) : written;
  }
}

function placeOf(directory: string, path: string): string {
  return `${directory}/${nameOf(path)}`;
}

function nameOf(path: string): string {
  return `${stateName(path)}.json`;
}

function sameReading(
  before: KeptGraph,
  { name, path, openings, text, files, values = [] }: Omit<KeptGraph, "version" | "at">,
): boolean {
  return before.name === name && before.path === path && before.text === text &&
    JSON.stringify([before.openings, before.files, before.values ?? []]) ===
      JSON.stringify([openings, files, values]);
}

/** A reading of that very file; undefined: it is none. */
function parse(text: string | undefined, path: string): KeptGraph | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as KeptGraph;
    const valid = value.version === 1 && value.path === path && typeof value.name === "string" &&
      typeof value.text === "string" && !Number.isNaN(Date.parse(value.at)) &&
      Array.isArray(value.openings) && value.openings.every(isOpening) &&
      [value.files, value.values].every((list) => list === undefined || isListOfFiles(list));
    return valid ? value : undefined;
  } catch {
    return undefined;
  }
}

function isListOfFiles(files: NonNullable<KeptGraph["files"]>): boolean {
  return Array.isArray(files) &&
    files.every(({ name, text }) => typeof name === "string" && typeof text === "string");
}

function isOpening({ path, type, mode, uid, gid, uids }: Opening): boolean {
  return [path, type].every((text) => typeof text === "string") &&
    [mode, uid, gid, ...uids ?? []].every((number) => typeof number === "number");
}

/** Where a run keeps its readings; undefined: what goes with it is not kept. */
export function keptGraphs(
  { tmpPrefix, host, prefix, earlier, reporter }: {
    readonly tmpPrefix: boolean;
    readonly host: KeptGraphsOptions["host"];
    readonly prefix: string | undefined;
    readonly earlier: string | undefined;
    readonly reporter: Reporter;
  },
): KeptGraphs | undefined {
  if (tmpPrefix || earlier === undefined) return undefined;
  const warn = (text: string) => reporter.event({ type: "warning", text });
  return new KeptGraphs({ host, prefix, earlier, warn });
}
