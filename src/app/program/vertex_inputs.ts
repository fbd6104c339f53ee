/**
 * What the graph's own resources tell its program: what a command printed, and whether a probe is well.
 *
 * @module
 */

import type { InputReading, InputSource } from "../../base/input.ts";
import { isJsonObject, parseJson } from "../../base/json.ts";
import { LIMITS } from "../../base/limits.ts";
import type { EngineEvent } from "../../engine/event.ts";
import type { Host } from "../../host/host.ts";
import { stateDirectory, stateName } from "../../os/state/state_directory.ts";
import type { ReportEvent } from "../../report/event.ts";
import { keepFile, pruneFiles } from "../keep_file.ts";
import type { FollowedInput } from "./program_inputs.ts";

/** What is needed for it. */
export interface VertexInputsOptions {
  readonly host: Pick<Host, "files">;
  /** Where outputs are kept, and where those of earlier runs are; undefined: nowhere. */
  readonly prefix: string | undefined;
  readonly earlier: string | undefined;
  readonly warn: (text: string) => void;
}

/** What a command printed when it succeeded last. */
interface KnownOutput {
  /** What it was told to do then, as a short name. */
  readonly command: string;
  readonly text: string;
}

const DIRECTORY = "outputs";

/** Hears what happens to resources, and is the families `output` and `probe`. */
export class VertexInputs {
  readonly #options: VertexInputsOptions;
  readonly #listeners = new Set<() => void>();
  /** What is asked of commands: by key what they are told to do. */
  readonly #commands = new Map<string, string>();
  readonly #outputs = new Map<string, KnownOutput | undefined>();
  readonly #printing = new Map<string, string[]>();
  readonly #probes = new Map<string, boolean | undefined>();
  #keeping: Promise<void> = Promise.resolve();

  constructor(options: VertexInputsOptions) {
    this.#options = options;
  }

  get sources(): Readonly<Record<"output" | "probe", FollowedInput>> {
    const watch: InputSource["watch"] = (changed) => {
      this.#listeners.add(changed);
      return () => void this.#listeners.delete(changed);
    };
    return {
      output: {
        watch,
        read: ([key = "", command = ""]) => this.#readOutput(key, stateName(command)),
        keep: (paths) => {
          for (const [key = "", command = ""] of paths) this.#commands.set(key, stateName(command));
        },
      },
      probe: {
        watch,
        read: ([key = ""]) => this.#readProbe(key),
      },
    };
  }

  /** Something happened. */
  heard(event: EngineEvent): void {
    if (!("key" in event) || event.key === undefined) return;
    const { key } = event;
    if (this.#probes.has(key)) this.#heardProbe(key, event);
    if (this.#commands.has(key)) this.#heardCommand(key, event);
  }

  #heardProbe(key: string, { type }: EngineEvent): void {
    // One that left the graph tells nothing any more.
    if (type === "exited") this.#probes.set(key, undefined);
    if (type !== "ok" && type !== "changed" && type !== "failed") return;
    const isWell = type !== "failed";
    if (this.#probes.get(key) === isWell) return;
    this.#probes.set(key, isWell);
    this.#tell();
  }

  #heardCommand(key: string, event: EngineEvent): void {
    if (event.type === "apply") this.#printing.set(key, []);
    if (event.type === "output" && event.stream === "stdout") {
      this.#printing.get(key)?.push(event.text);
    }
    if (event.type === "failed" || event.type === "exited") this.#printing.delete(key);
    if (event.type !== "changed") return;
    const text = (this.#printing.get(key) ?? []).join("\n").slice(0, LIMITS.programOutputLength);
    this.#printing.delete(key);
    const known: KnownOutput = { command: this.#commands.get(key) ?? "", text };
    const before = this.#outputs.get(key);
    this.#outputs.set(key, known);
    if (before?.command === known.command && before.text === text) return;
    this.#keep(key, known);
    this.#tell();
  }

  #readOutput(key: string, command: string): InputReading {
    if (!this.#outputs.has(key)) this.#outputs.set(key, this.#earlier(key));
    const known = this.#outputs.get(key);
    if (known?.command === command) return { isKnown: true, value: known.text };
    // From now on it is listened to, also before somebody says what is kept.
    this.#commands.set(key, command);
    return { isKnown: false, why: "the command has not succeeded so far" };
  }

  #readProbe(key: string): InputReading {
    const value = this.#probes.get(key);
    if (value !== undefined) return { isKnown: true, value };
    this.#probes.set(key, undefined);
    return { isKnown: false, why: "it has not been tried so far" };
  }

  #earlier(key: string): KnownOutput | undefined {
    const { earlier } = this.#options;
    if (earlier === undefined) return undefined;
    const text = stateDirectory(`${earlier}/${DIRECTORY}`).read(fileOf(key));
    const kept = parseJson(text);
    if (!isJsonObject(kept)) return undefined;
    const { command, text: printed } = kept;
    return typeof command === "string" && typeof printed === "string"
      ? { command, text: printed }
      : undefined;
  }

  #keep(key: string, known: KnownOutput): void {
    const { prefix, host: { files }, warn } = this.#options;
    if (prefix === undefined) return;
    const directory = `${prefix}/${DIRECTORY}`;
    this.#keeping = this.#keeping.then(async () => {
      const file = { directory, name: fileOf(key), content: JSON.stringify(known) };
      const kept = await keepFile(files, file);
      if (kept.ok) await pruneFiles(files, { directory, most: LIMITS.programReads });
      else warn(`what ${key} printed is not kept for the next start: ${kept.failure.message}`);
    });
  }

  #tell(): void {
    for (const changed of [...this.#listeners]) changed();
  }
}

function fileOf(key: string): string {
  return `${stateName(key)}.json`;
}

/** Makes them for a run. */
export function vertexInputs(
  parts: Omit<VertexInputsOptions, "warn"> & {
    readonly reporter: { event(event: ReportEvent): void };
  },
): VertexInputs {
  const { host, prefix, earlier, reporter } = parts;
  const warn = (text: string) => reporter.event({ type: "warning", text });
  return new VertexInputs({ host, prefix, earlier, warn });
}
