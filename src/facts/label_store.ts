/**
 * The labels of this host: those that it was given, before those of the files below labels.d.
 *
 * @module
 */

import type { InputReading } from "../base/input.ts";
import type { Result } from "../base/result.ts";
import { type Labels, readLabelFile } from "./labels.ts";
import { known, notKnown } from "./machine.ts";
import {
  type AwayFiles,
  type Distrusts,
  readTrustedDirectory,
  stillAway,
} from "./trusted_directory.ts";

/** What the store needs. */
export interface LabelStoreOptions {
  /** By flags or the environment. */
  readonly given: Labels;
  readonly directory: string;
  readonly distrusts: Distrusts;
  readonly warn: (text: string) => void;
  /** Absent: the directory is read once. */
  readonly nowMs?: (() => number) | undefined;
}

/** Not the copies that editors and package managers leave. */
const FORM = /^[\w-]+(\.conf)?$/;

/** Labels as they were last read. */
export class LabelStore {
  readonly directory: string;
  readonly #options: LabelStoreOptions;
  /** By the names of their files. */
  #files: ReadonlyMap<string, Result<Labels>> = new Map();
  #found: Labels = new Map();
  /** Files that are away, perhaps only for as long as they are written anew. */
  #away: AwayFiles = new Map();
  /** Why what the files say is not known. */
  #refused: string | undefined = "they are not read yet";

  constructor(options: LabelStoreOptions) {
    this.#options = options;
    this.directory = options.directory;
  }

  /** Whether a file is away, so that it is to be looked at once more, a moment later. */
  get hasAway(): boolean {
    return this.#away.size > 0;
  }

  /** Reads the files, in the order of their names; the last that has a label counts. */
  async load(): Promise<void> {
    const { directory, distrusts, warn } = this.#options;
    const isMeant = (name: string) => FORM.test(name);
    const read = await readTrustedDirectory(directory, { isMeant, distrusts });
    const files = new Map<string, Result<Labels>>();
    for (const { text, path, name } of read.ok ? read.value : []) {
      files.set(name, text.ok ? readLabelFile(text.value, path) : text);
    }
    const nowMs = this.#options.nowMs?.() ?? 0;
    const known = read.ok ? this.#files.keys() : [];
    this.#away = stillAway(known, { present: new Set(files.keys()), before: this.#away, nowMs });
    for (const name of this.#away.keys()) files.set(name, this.#files.get(name)!);
    const found = new Map<string, string>();
    let refused = read.ok ? undefined : read.failure.message;
    for (const [, labels] of [...files].sort(([one], [other]) => one < other ? -1 : 1)) {
      if (!labels.ok) refused ??= labels.failure.message;
      else for (const [name, value] of labels.value) found.set(name, value);
    }
    if (refused !== undefined && refused !== this.#refused) warn(`labels: ${refused}`);
    this.#files = files;
    this.#found = found;
    this.#refused = refused;
  }

  /** One label, or all. A file that is refused may have had any label that nobody gave. */
  read([name, ...below]: readonly string[]): InputReading {
    const { given } = this.#options;
    if (below.length > 0) return known(undefined);
    const own = name === undefined ? undefined : given.get(name);
    if (own !== undefined) return known(own);
    if (this.#refused !== undefined) return notKnown(this.#refused);
    if (name !== undefined) return known(this.#found.get(name));
    return known(Object.fromEntries([...this.#found, ...given]));
  }
}
