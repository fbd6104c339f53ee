/**
 * Keeps the record of what a run manages: when nothing needs the machine more, and only where something
 * is new. Of a graph that is the same nothing is asked for each resource.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { ok, type Result } from "../../base/result.ts";
import type { Host } from "../../host/host.ts";
import type { GraphPlace, LoadedGraph } from "../../lang/load.ts";
import type { Timer } from "../../os/clock.ts";
import { hostName } from "../../os/host_name.ts";
import { stateDirectory, stateName } from "../../os/state/state_directory.ts";
import { keepFile, pruneFiles } from "../keep_file.ts";
import type { Reporter } from "../../report/event.ts";
import type { RunSettings } from "../settings.ts";
import type { ComposedGraph } from "../graph/composer.ts";
import {
  managedDirectory,
  type ManagedRecord,
  parseRecord,
  recordName,
  type RecordStamp,
  recordText,
  stampOf,
} from "./managed_record.ts";
import { type GraphNow, nextRecord } from "./next_record.ts";

/** What comes soon after another change is written with it. */
const LATER_MS = 1000;

/** A graph in force, and what was read for it. */
export interface GraphInForceNow extends ComposedGraph {
  readonly written: LoadedGraph;
  /** What its files say; undefined: it is of an earlier run, whose record is there. */
  readonly texts: readonly string[] | undefined;
}

/** What the keeper needs. */
export interface ManagedKeeperOptions {
  readonly host: Pick<Host, "files" | "clock">;
  /** Absolute. */
  readonly prefix: string;
  /** The graph file or directory, absolute; `-` is the standard input. */
  readonly path: string;
  /** The name of this host. */
  readonly hostName: string;
  readonly warn: (text: string) => void;
  /** What left, and is what it was before it came, by what it is about: no orphan. */
  readonly reversed: ReadonlySet<string>;
}

/** Keeps the record of one run. */
export class ManagedKeeper {
  readonly #options: ManagedKeeperOptions;
  #now: GraphInForceNow | undefined;
  #begun = false;
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();
  #warned = false;

  constructor(options: ManagedKeeperOptions) {
    this.#options = options;
  }

  /** This graph is in force from now on. */
  note(now: GraphInForceNow): void {
    if (now.texts === undefined) return;
    this.#now = now;
    if (this.#begun) this.#timer ??= this.#options.host.clock.after(LATER_MS, () => this.begin());
  }

  /** The machine is free: what is in force is written down now, and later each time soon after a change. */
  begin(): void {
    this.#begun = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    const now = this.#now;
    if (now === undefined) return;
    this.#now = undefined;
    this.#writing = this.#writing.then(() => this.#write(now)).then((written) => {
      if (written.ok || this.#warned) return;
      this.#warned = true;
      this.#options.warn(
        `what is managed cannot be written down for mgmt orphans: ${written.failure.message}`,
      );
    });
  }

  /** Resolves when all of it is written down. */
  close(): Promise<void> {
    this.begin();
    this.#timer?.cancel();
    return this.#writing;
  }

  async #write(now: GraphInForceNow): Promise<Result<void>> {
    const { host, prefix, path, hostName, warn, reversed } = this.#options;
    const source = path === "-" ? `- (${now.graph.name})` : path;
    const directory = managedDirectory(prefix);
    const name = recordName(source);
    const text = stateDirectory(directory).read(name);
    const stamp = stampFor(now, hostName);
    const before = text === undefined ? undefined : stampOf(text);
    if (before !== undefined && isCovered(stamp, before)) return ok(undefined);
    const earlier = text === undefined ? undefined : parseRecord(text);
    if (text !== undefined && earlier?.source !== source) {
      warn(`what was managed before is not known any more: ${directory}/${name} is spoiled`);
    }
    const at = host.clock.wall().toISOString();
    const record = await recordOf(earlier, now, { source, at, reversed });
    const content = recordText(record, stamp);
    const kept = await keepFile(host.files, { directory, name, content });
    if (kept.ok && text === undefined) {
      await pruneFiles(host.files, { directory, most: LIMITS.managedSources });
    }
    return kept;
  }
}

/** The keeper of a run, where it keeps anything. */
export function managedKeeper(
  { settings, host, prefix, graphPath: path, reporter }: {
    readonly settings: Pick<RunSettings, "noop" | "tmpPrefix" | "hostname">;
    readonly host: ManagedKeeperOptions["host"];
    readonly prefix: string | undefined;
    readonly graphPath: string;
    readonly reporter: Reporter;
  },
  reversed: ReadonlySet<string>,
): ManagedKeeper | undefined {
  if (prefix === undefined || settings.noop || settings.tmpPrefix) return undefined;
  const warn = (text: string) => reporter.event({ type: "warning", text });
  const name = settings.hostname ?? hostName();
  return new ManagedKeeper({ host, prefix, path, hostName: name, warn, reversed });
}

async function recordOf(
  before: ManagedRecord | undefined,
  { written, texts = [], graph, collected, isComplete }: GraphInForceNow,
  { source, at, reversed }: Required<Pick<GraphNow, "source" | "at" | "reversed">>,
): Promise<ManagedRecord> {
  const places = new Map<string, GraphPlace>();
  const size = texts.reduce((sum, text) => sum + text.length, 0);
  const resources = [...graph.vertices.values()];
  if (size <= LIMITS.placedGraphBytes) {
    for (const { key } of resources) {
      const place = await written.placeOf(key);
      if (place !== undefined) places.set(key, place);
    }
  }
  return nextRecord(before, { source, at, reversed, resources, collected, isComplete, places });
}

function stampFor(
  { texts = [], collected, isComplete }: GraphInForceNow,
  hostName: string,
): RecordStamp {
  return {
    written: hashOf([hostName, ...texts]),
    collected: isComplete ? hashOf([...collected].sort()) : "",
  };
}

/** What is not known of what is collected is asked about later. */
function isCovered(stamp: RecordStamp, before: RecordStamp): boolean {
  return stamp.written === before.written &&
    (stamp.collected === "" || stamp.collected === before.collected);
}

function hashOf(texts: readonly string[]): string {
  return stateName(texts.map((text) => `${text.length}:${text}`).join(""));
}
