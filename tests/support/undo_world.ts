/** Runs graphs with a journal in this process, and takes back what they did. */

import { assert } from "@std/assert";
import { finalGraph } from "../../src/app/graph/final_graph.ts";
import { journalPath } from "../../src/app/journal/journal_path.ts";
import { undo, type UndoAnswer, type UndoQuestion } from "../../src/app/undo/on_undo.ts";
import type { Result } from "../../src/base/result.ts";
import { fileDebts } from "../../src/app/file_debts.ts";
import { stateDirectory } from "../../src/os/state/state_directory.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { EngineEvent } from "../../src/engine/event.ts";
import type { Host } from "../../src/host/host.ts";
import { createLocalHost } from "../../src/host/local.ts";
import type { RecordedEntry } from "../../src/journal/entry.ts";
import { Recorder } from "../../src/journal/recorder.ts";
import type { LoadedGraph } from "../../src/lang/load.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import { registry } from "../../src/resources/registry.ts";
import { readJournal } from "./journal_world.ts";
import { loadText } from "./load_text.ts";
import { within } from "./program.ts";

/** That a run is aborted in the middle: when a file of that name has been written. */
export interface CutShort {
  readonly after: string;
}

/** A directory with a prefix in it, in which graphs run once. */
export class UndoWorld {
  constructor(readonly directory: string) {
    Deno.mkdirSync(this.prefix, { recursive: true });
  }

  get prefix(): string {
    return `${this.directory}/prefix`;
  }

  path(name: string): string {
    return `${this.directory}/${name}`;
  }

  /** Runs a graph once, until it has settled; `DIR` in it is the directory. */
  async run(text: string, cut?: CutShort): Promise<readonly EngineEvent[]> {
    const { directory } = this;
    const written = text.replaceAll("DIR", directory);
    const outcome = await loadText(written, { file: "g.yaml", directory, registry });
    assert(outcome.ok, outcome.ok ? "" : JSON.stringify(outcome.diagnostics));
    return await this.runLoaded(outcome.loaded, cut);
  }

  /** The same of a graph that was read. */
  async runLoaded(loaded: LoadedGraph, cut?: CutShort): Promise<readonly EngineEvent[]> {
    const events: EngineEvent[] = [];
    const local = createLocalHost({ prefix: this.prefix, warn: () => {} });
    const host = cut === undefined ? local : abortingAt(local, this.path(cut.after), () => {
      void engine.stop();
      engine.abort();
    });
    const recorder = new Recorder({
      path: journalPath(this.prefix),
      clock: createLocalClock(),
      endsByItself: true,
      limitBytes: 64 * 1024 * 1024,
      limitAgeMs: 365 * 86_400_000,
      pathOf: () => undefined,
      placeOf: () => Promise.resolve(undefined),
      tell: () => {},
    });
    const engine = new Engine({
      host,
      emit: (event) => {
        events.push(event);
        recorder.event(event);
      },
      debts: fileDebts(stateDirectory(`${this.prefix}/debts`)),
      noop: false,
      watching: false,
      seed: 1,
      convergedMs: 0,
      repairBurst: 2000,
      repairsPerSecond: 5,
      records: true,
      differences: () => true,
    });
    recorder.event({ type: "start", version: "test", file: "g.yaml", startedNs: "" });
    await engine.load((await finalGraph(loaded, { registry })).graph);
    const end = cut === undefined ? "settled" : "aborted";
    const isSettled = () => events.some(({ type }) => type === end);
    await within(30_000, isSettled, () => JSON.stringify(events));
    await engine.stop();
    await recorder.close();
    await local.close();
    return events;
  }

  /** Takes something back as the command does where no agent runs. */
  async undo(
    choice: UndoQuestion["choice"],
    how: Partial<UndoQuestion> = {},
  ): Promise<Result<UndoAnswer>> {
    return await undo({
      flags: new Map([["prefix", this.prefix]]),
      environment: () => "ann",
    }, { noop: false, force: false, forMs: 3_600_000, asJson: false, ...how, choice });
  }

  /** The same where it must succeed; the result is what was said. */
  async undone(
    choice: UndoQuestion["choice"],
    how: Partial<UndoQuestion> = {},
  ): Promise<string> {
    const done = await this.undo(choice, how);
    assert(done.ok, done.ok ? "" : done.failure.message);
    return done.value.text;
  }

  /** Changes of a resource, the oldest first. */
  changes(key: string): readonly RecordedEntry[] {
    return readJournal(
      journalPath(this.prefix),
      (reader) => reader.history({ key, only: "changed", limit: 1000 }).entries,
    );
  }

  /** The number of its last change. */
  lastChange(key: string): number {
    const last = this.changes(key).at(-1);
    assert(last !== undefined, `nothing was done to ${key}`);
    return last.id;
  }
}

/** A host whose agent is told to stop at once, twice, when a file has been written. */
function abortingAt(host: Host, path: string, abort: () => void): Host {
  const write: Host["files"]["write"] = async (request) => {
    const written = await host.files.write(request);
    if (request.path === path) abort();
    return written;
  };
  return { ...host, files: { ...host.files, write } };
}

/** Runs a test in a world of its own. */
export async function inUndoWorld(test: (world: UndoWorld) => Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync({ prefix: "mgmt-undo-" });
  try {
    await test(new UndoWorld(directory));
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}
