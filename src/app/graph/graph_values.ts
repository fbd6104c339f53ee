/**
 * The values of a graph's YAML: the files that they are in, and what was read of the host for them.
 *
 * @module
 */

import { isAbsolute, join, resolve } from "node:path";
import type { Diagnostic } from "../../base/diagnostic.ts";
import type { InputReading } from "../../base/input.ts";
import { LIMITS } from "../../base/limits.ts";
import { hasSensitiveParts } from "../../base/secret_lines.ts";
import type { ValueSurroundings } from "../../lang/values/evaluate.ts";
import type { ValueFile } from "../../lang/values/layers.ts";
import { decodeGraphFile } from "../../lang/yaml/decode.ts";
import type { FileWay } from "../../os/files/file_way.ts";
import { readGraphBytes } from "../../os/graph_text.ts";
import type { GraphInputs, OpenInputs } from "../facts/graph_inputs.ts";
import { doubtsOf, type Opening, openingsOf, type TrustRule } from "./graph_trust.ts";
import { takeApart } from "./take_apart.ts";

/** What values need to know of the graph that they are of. */
export interface GraphValuesOptions {
  /** The graph as the user wrote it, for messages. */
  readonly file: string;
  /** Where relative names of files begin, absolute, and for messages. */
  readonly directory: string;
  readonly shownDirectory: string;
  readonly inputs?: GraphInputs | undefined;
  /** Who may write the files. */
  readonly trust?: TrustRule | undefined;
  readonly onlyWarn?: boolean | undefined;
}

/** A file of values as it was read. */
export interface KeptValueFile {
  /** As the graph names it. */
  readonly name: string;
  readonly text: string;
}

/** What was asked of an input, and what it said. */
interface InputRead {
  readonly path: readonly string[];
  readonly reading: InputReading;
}

interface ReadValueFile {
  readonly name: string;
  readonly shown: string;
  readonly path: string;
  /** Undefined: there is none. */
  readonly text: string | undefined;
  /** Whether everybody may read it. */
  readonly isOpen: boolean;
  /** If others can change it. */
  readonly unsafeWay: FileWay | undefined;
  readonly openings: readonly Opening[];
  readonly doubts: readonly Diagnostic[];
}

/** Values between readings of one source. */
export class GraphValues {
  readonly #options: GraphValuesOptions;
  #inputs: OpenInputs | undefined;
  #reads: readonly InputRead[] = [];
  #files: readonly ReadValueFile[] = [];
  #changed: (() => void) | undefined;
  /** What was not as before when it was last looked. */
  #changedName: string | undefined;
  /** What this reading was made for. */
  #reason: string | undefined;
  #ends: readonly (() => void)[] | undefined;

  constructor(options: GraphValuesOptions) {
    this.#options = options;
  }

  /** Whether what the last reading was made with is something else now. */
  async isStale(): Promise<boolean> {
    this.#changedName = await this.#findChanged();
    return this.#changedName !== undefined;
  }

  /** The fact or the file that this reading was made for. */
  get input(): string | undefined {
    return this.#reason;
  }

  /** What people are told of a reading that was made because of that. */
  get notes(): readonly string[] {
    const name = this.#reason;
    return name === undefined ? [] : [`read again, for ${name} is another now`];
  }

  async #findChanged(): Promise<string | undefined> {
    const other = this.#otherRead();
    if (other !== undefined) return other.path.join(".");
    for (const { name, shown, text } of this.#files) {
      if ((await this.#readFile(name)).text !== text) return shown;
    }
    return undefined;
  }

  /** What one reading is evaluated with. */
  begin(): ValueSurroundings {
    const reads = new Map<string, InputRead>();
    let files: ReadValueFile[] = [];
    this.#reads = [];
    this.#files = files;
    this.#reason = this.#changedName;
    this.#changedName = undefined;
    return {
      open: async () => {
        const inputs = await this.#options.inputs?.open() ?? NOTHING_KNOWN;
        this.#inputs = inputs;
        this.#follow();
        reads.clear();
        this.#files = files = [];
        return {
          learn: () => learnUnknown(inputs, reads.values()),
          families: Object.keys(inputs.sources),
          names: inputs.names,
          read: (path) => {
            const reading = readInput(inputs, path);
            reads.set(path.join("\0"), { path, reading });
            this.#reads = [...reads.values()];
            return reading;
          },
        };
      },
      file: async (name) => {
        const read = await this.#readFile(name);
        files.push(read);
        return await this.#take(read);
      },
    };
  }

  /** Files and what leads to them, for whoever watches. */
  get watched(): { readonly files: readonly string[]; readonly ways: readonly FileWay[] } {
    return {
      files: this.#files.map(({ path }) => path),
      ways: this.#files.flatMap(({ unsafeWay }) => unsafeWay ?? []),
    };
  }

  get openings(): readonly Opening[] {
    return this.#files.flatMap(({ openings }) => openings);
  }

  /** What is doubtful of the files. */
  get doubts(): readonly Diagnostic[] {
    return this.#files.flatMap(({ doubts }) =>
      doubts.filter(({ severity }) => severity === "warning")
    );
  }

  /** Whether something was asked for that is not known. */
  get waits(): boolean {
    return this.#reads.some(({ reading }) => !reading.isKnown);
  }

  /** The files' texts, for another run. */
  get kept(): readonly KeptValueFile[] {
    return this.#files.flatMap(({ name, text }) => text === undefined ? [] : [{ name, text }]);
  }

  /**
   * The text of the file that messages call so; none of it is shown where not everybody may read the
   * file, or parts of the graph (with these texts) that its values are for.
   */
  textOf(file: string, graph: readonly (string | undefined)[]): string | undefined {
    const found = this.#files.find(({ shown }) => shown === file);
    if (found === undefined || !found.isOpen) return undefined;
    return graph.some((text) => text !== undefined && hasSensitiveParts(text))
      ? undefined
      : found.text;
  }

  /** All that a reading was made with, for whoever compares it with that of an earlier run. */
  get texts(): readonly string[] {
    if (this.#reads.length + this.#files.length === 0) return [];
    const reads = this.#reads.map(({ path, reading }) =>
      JSON.stringify([path, reading.isKnown ? reading.value : null])
    );
    return [...this.kept.map(({ text }) => text), ...reads.sort()];
  }

  /** Calls `changed` when something that was read of the inputs reads differently. */
  watch(changed: () => void): void {
    this.#changed = changed;
    this.#follow();
    // What changed before it was watched is told by nobody.
    if (this.#otherRead() !== undefined) changed();
  }

  close(): void {
    for (const end of this.#ends ?? []) end();
    this.#ends = undefined;
    this.#changed = undefined;
  }

  #otherRead(): InputRead | undefined {
    const inputs = this.#inputs;
    return inputs &&
      this.#reads.find(({ path, reading }) => !isSame(reading, readInput(inputs, path)));
  }

  #follow(): void {
    if (this.#ends !== undefined || this.#changed === undefined) return;
    this.#ends = this.#inputs &&
      Object.values(this.#inputs.sources).map((source) =>
        source.watch(() => {
          if (this.#otherRead() !== undefined) this.#changed?.();
        })
      );
  }

  async #readFile(name: string): Promise<ReadValueFile> {
    const { directory, shownDirectory } = this.#options;
    const path = resolve(directory, name);
    const shown = isAbsolute(name) ? name : join(shownDirectory, name);
    const { way, bytes } = await readGraphBytes(path, LIMITS.graphFileBytes);
    const openings = way === undefined ? [] : await openingsOf(way);
    const doubts = doubtsOf(openings, { ...this.#options, file: shown });
    const isUnsafe = doubts.some(({ severity }) => severity === "error");
    const decoded = bytes.ok ? decodeGraphFile(bytes.value, shown) : undefined;
    const text = decoded?.ok && !isUnsafe ? decoded.text : undefined;
    const isOpen = ((way?.end.mode ?? 0) & 0o004) !== 0;
    const wrong = decoded?.ok === false ? decoded.diagnostics : [];
    const said = [...doubts, ...bytes.ok ? wrong : [problemOf(shown, bytes.failure)]];
    return {
      name,
      shown,
      path,
      text,
      isOpen,
      unsafeWay: isUnsafe ? way : undefined,
      openings,
      doubts: said,
    };
  }

  async #take({ shown, path, text, doubts }: ReadValueFile): Promise<ValueFile> {
    if (text !== undefined) return await valueFile(text, { file: shown, path });
    const refused = doubts.find(({ severity }) => severity === "error");
    const { message = "it cannot be read", hint, line, column } = refused ?? {};
    const place = line === undefined ? shown : `${shown}:${line}:${column ?? 1}`;
    return { ok: false, diagnostics: [], problem: { message: `${place}: ${message}`, hint } };
  }
}

/** A file of values that was kept, or why it is none. */
export async function valueFile(
  text: string,
  { file, path }: { readonly file: string; readonly path: string },
): Promise<ValueFile> {
  const { document, problems } = await takeApart(new TextEncoder().encode(text), { file });
  if (document === undefined) return { ok: false, diagnostics: problems };
  return { ok: true, part: { file, path, document } };
}

/** A host of which nobody knows anything. */
const NOTHING_KNOWN: OpenInputs = {
  sources: {
    host: {
      read: () => ({ isKnown: false, why: "nobody says which host it is" }),
      watch: () => () => {},
    },
  },
  names: [],
};

function readInput({ sources }: OpenInputs, [family = "", ...below]: readonly string[]) {
  return sources[family]?.read(below) ?? { isKnown: true, value: undefined } as const;
}

/** Waits for what is not known, and is being learned; false: there is none. */
async function learnUnknown(
  { sources }: OpenInputs,
  reads: Iterable<InputRead>,
): Promise<boolean> {
  const unknown = [...reads].filter(({ reading }) => !reading.isKnown);
  const learned = unknown.flatMap(({ path: [family = "", ...below] }) =>
    sources[family]?.learn?.(below) ?? []
  );
  await Promise.all(learned);
  return learned.length > 0;
}

/** Why something is not known makes no difference. */
function isSame(one: InputReading, other: InputReading): boolean {
  if (!one.isKnown || !other.isKnown) return one.isKnown === other.isKnown;
  return JSON.stringify(one.value) === JSON.stringify(other.value);
}

function problemOf(
  file: string,
  { message, hint }: { readonly message: string; readonly hint?: string | undefined },
): Diagnostic {
  return { severity: "error", file, message, ...(hint !== undefined && { hint }) };
}
