/**
 * A directory as a source of graphs: all its graph files are one graph.
 *
 * @module
 */

import type { Diagnostic } from "../../base/diagnostic.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, type Failure } from "../../base/result.ts";
import type { DocumentPart } from "../../lang/document.ts";
import { mergeDocuments, type OthersFile } from "../../lang/merge.ts";
import type { FileWay } from "../../os/files/file_way.ts";
import { type GraphListing, listGraphDirectory } from "../../os/graph_directory.ts";
import { type GraphBytes, readGraphBytes } from "../../os/graph_text.ts";
import { fileIn, lastGoodReading, nameOfDirectory } from "./earlier_reading.ts";
import type { GraphFileOptions } from "./graph_file.ts";
import type { GraphSource, SourceReading } from "./graph_source.ts";
import { doubtsOf, type Opening, openingsOf } from "./graph_trust.ts";
import { GraphValues } from "./graph_values.ts";
import { SourceWatch } from "./source_watch.ts";
import { takeApart } from "./take_apart.ts";

/** Readings of a directory that changes meanwhile. */
const TRIES = 5;
/** Files that are read at the same time. */
const AT_ONCE = 16;
/** Files for other hosts that are named. */
const NAMED = 5;

/** One of its files as it was read. */
interface ReadFile extends GraphBytes {
  readonly name: string;
}

/** What a directory holds. */
interface DirectoryContent {
  readonly listing: GraphListing;
  readonly files: readonly ReadFile[];
}

/** A text and the name of its file in the directory. */
interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** All graph files of a directory, in the order of their names. */
export class GraphDirectory implements GraphSource {
  readonly file: string;
  readonly directory: string;
  readonly #options: GraphFileOptions;
  readonly #watch: SourceWatch | undefined;
  readonly #values: GraphValues;
  /** What its files said at the last reading. */
  #known: readonly NamedText[] | undefined;
  #wasRead = false;

  constructor(options: GraphFileOptions) {
    this.#options = options;
    this.file = options.file;
    this.directory = options.path;
    this.#watch = options.host && new SourceWatch(options.host, { several: true });
    const { file, path: directory } = options;
    this.#values = new GraphValues({ ...options, directory, shownDirectory: file });
  }

  async read(): Promise<SourceReading> {
    const { path } = this.#options;
    const content = await readAll(path);
    if (!content.ok) {
      this.#known = undefined;
      this.#follow([], []);
      return this.#refused(content.failure);
    }
    const { listing, files } = content.value;
    const ways = [listing.way, ...files.flatMap(({ way }) => way ?? [])];
    const openings = await this.#openings(listing.way, ways);
    const doubts = doubtsOf(openings, this.#options);
    const unsafe = doubts.some(({ severity }) => severity === "error");
    const watched = () =>
      this.#follow(links(listing, files).map((name) => `${path}/${name}`), unsafe ? ways : []);
    watched();
    const here = { lastGood: () => lastGoodReading(listing.way, unsafe, this.#options) };
    if (unsafe) return { ...here, problems: doubts };
    const reading = await this.#takeApart(files, listing.alike);
    watched();
    const texts = this.#known;
    const keep = () => {
      const { kept, path: name } = this.#options;
      if (texts !== undefined) {
        const { kept: values, openings: more } = this.#values;
        const found = { openings: [...openings, ...more], values };
        kept?.keep({ name, path: listing.way.realPath, ...found, text: "", files: texts });
      }
    };
    return { ...here, ...reading, problems: [...doubts, ...reading.problems], keep };
  }

  #refused(failure: Pick<Failure, "message" | "hint">): SourceReading {
    return { problems: [mistakeOf(this.file, failure)] };
  }

  /** Each once, also where it is on the way to several files. */
  async #openings(way: FileWay, ways: readonly FileWay[]): Promise<readonly Opening[]> {
    const steps = new Map(ways.flatMap((each) => each.steps).map((step) => [step.path, step]));
    return await openingsOf({ ...way, steps: [...steps.values()] }, { isListed: true });
  }

  async #takeApart(
    files: readonly ReadFile[],
    alike: readonly string[],
  ): Promise<SourceReading> {
    const before = this.#known;
    this.#known = undefined;
    if (before !== undefined && await isSame(files, before) && !await this.#values.isStale()) {
      this.#known = before;
      return { same: true, problems: [] };
    }
    if (files.length === 0) {
      return this.#refused({
        message: `there is no graph file in ${this.file}`,
        hint: "what is read are all *.yaml in it, but hidden files" +
          (alike.length === 0 ? "" : ` (rename ${alike.join(", ")})`) +
          "; a program is named by its file, such as site.ts",
      });
    }
    const problems: Diagnostic[] = [];
    const texts: NamedText[] = [];
    const parts: DocumentPart[] = [];
    for (const { name, bytes } of files) {
      const file = fileIn(this.file, name);
      if (!bytes.ok) {
        problems.push(mistakeOf(file, bytes.failure));
        continue;
      }
      const how = { file, again: this.#wasRead };
      const { text, document, problems: found } = await takeApart(bytes.value, how);
      problems.push(...found);
      if (text !== undefined) texts.push({ name, text });
      if (document !== undefined) {
        parts.push({ file, path: fileIn(this.directory, name), document });
      }
    }
    this.#wasRead = true;
    this.#known = texts;
    return await this.#merged(texts, parts, { problems, alike });
  }

  async #merged(
    texts: readonly NamedText[],
    parts: readonly DocumentPart[],
    { problems, alike }: {
      readonly problems: readonly Diagnostic[];
      readonly alike: readonly string[];
    },
  ): Promise<SourceReading> {
    const textOf = (file: string) =>
      texts.find(({ name }) => fileIn(this.file, name) === file)?.text ??
        this.#values.textOf(file, texts.map(({ text }) => text));
    const { document, leftOut, doubts } = await mergeDocuments(parts, {
      name: nameOfDirectory(this.directory),
      host: this.#options.hostName,
      values: this.#values.begin(),
    });
    const mistakes = [
      ...this.#values.doubts,
      ...problems,
      ...doubts,
      ...alike.flatMap((name) => this.#notRead(name)),
      ...this.#nothingLeft(parts, leftOut),
      ...this.#nothingSaid(parts),
    ];
    if (mistakes.some(({ severity }) => severity === "error")) {
      const others = document.mistakes ?? [];
      return { problems: [...mistakes, ...others], textOf };
    }
    return {
      document,
      waits: this.#values.waits,
      problems: mistakes,
      textOf,
      texts: [...texts.flatMap(({ name, text }) => [name, text]), ...this.#values.texts],
      notes: [...this.#notes(leftOut), ...this.#values.notes],
      input: this.#values.input,
    };
  }

  #notRead(name: string): Diagnostic[] {
    // Values may be called so.
    if (this.#values.watched.files.includes(fileIn(this.directory, name))) return [];
    const file = fileIn(this.file, name);
    const message = "the file is not read: graph files end with .yaml";
    return [{ severity: "warning", file, message, hint: "rename it, or give it another ending" }];
  }

  /** A directory that was emptied by mistake does not put an empty graph in force. */
  #nothingSaid(parts: readonly DocumentPart[]): Diagnostic[] {
    const isSaid = parts.some(({ document: { value } }) => value !== null && value !== undefined);
    if (isSaid || parts.length === 0) return [];
    const message = "all graph files here are empty";
    return [{ severity: "error", file: this.file, message }];
  }

  #nothingLeft(parts: readonly DocumentPart[], leftOut: readonly OthersFile[]): Diagnostic[] {
    if (leftOut.length === 0 || leftOut.length < parts.length) return [];
    const hosts = [...new Set(leftOut.map((each) => each.hosts))].slice(0, NAMED).join("; ");
    const message = `all graph files here are for other hosts (${hosts}), and this host is ` +
      this.#options.hostName;
    const hint = "run them there, or give this host its name with --hostname";
    return [{ severity: "error", file: this.file, message, hint }];
  }

  #notes(leftOut: readonly OthersFile[]): readonly string[] {
    const { hostName } = this.#options;
    const said = leftOut.slice(0, NAMED).map(({ file, hosts }) =>
      `${file} is left out: it is for ${hosts}, and this host is ${hostName}`
    );
    const more = leftOut.length - said.length;
    return more > 0 ? [...said, `${more} more files are for other hosts`] : said;
  }

  watch(changed: () => void): void {
    this.#watch?.open(changed);
    this.#follow([], []);
    this.#values.watch(changed);
  }

  #follow(files: readonly string[], ways: readonly FileWay[]): void {
    // What else is in the directory, a log for instance, may change as often as it likes.
    const directory = { path: this.#options.path, entries: isGraphFile };
    const values = this.#values.watched;
    this.#watch?.follow({
      directory,
      files: [...files, ...values.files],
      ways: [...ways, ...values.ways],
    });
  }

  close(): Promise<void> {
    this.#watch?.close();
    this.#values.close();
    return this.#options.kept?.kept() ?? Promise.resolve();
  }
}

function mistakeOf(file: string, { message, hint }: Pick<Failure, "message" | "hint">): Diagnostic {
  return { severity: "error", file, message, ...(hint && { hint }) };
}

/** Whether the files are those, and say what they said. */
async function isSame(
  files: readonly ReadFile[],
  known: readonly NamedText[],
): Promise<boolean> {
  if (files.length !== known.length) return false;
  for (const [index, { name, bytes }] of files.entries()) {
    const before = known[index];
    if (before?.name !== name || !bytes.ok) return false;
    const { same } = await takeApart(bytes.value, { file: name, known: before.text });
    if (same !== true) return false;
  }
  return true;
}

/** Editors' copies and drafts end otherwise, or are hidden. */
function isGraphFile(name: string): boolean {
  return name.endsWith(".yaml") && !name.startsWith(".");
}

/** What many write in its place. */
function isOtherYaml(name: string): boolean {
  return /\.(yml|YAML|YML)$/.test(name) && !name.startsWith(".");
}

/** Names of links, which lead elsewhere. */
function links(
  { way: { realPath } }: GraphListing,
  files: readonly ReadFile[],
): readonly string[] {
  return files.filter(({ way, name }) => way?.realPath !== `${realPath}/${name}`)
    .map(({ name }) => name);
}

/** Reads a directory as it was at one moment, as far as that can be known. */
async function readAll(path: string) {
  const how = { isMeant: isGraphFile, isAlike: isOtherYaml, limit: LIMITS.graphFiles };
  for (let tries = 1;; tries++) {
    const listed = await listGraphDirectory(path, how);
    if (!listed.ok) return listed;
    const files = await readFiles(path, listed.value.names);
    if (files === undefined) return tooLarge(path);
    const after = await listGraphDirectory(path, how);
    const isSame = after.ok && after.value.version === listed.value.version;
    if (isSame || tries === TRIES) {
      const value: DirectoryContent = { listing: listed.value, files };
      return { ok: true, value } as const;
    }
  }
}

/** Undefined: they are more than can be read. */
async function readFiles(
  path: string,
  names: readonly string[],
): Promise<readonly ReadFile[] | undefined> {
  const files: ReadFile[] = [];
  let left = LIMITS.graphFileBytes;
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const read = await Promise.all(
      names.slice(at, at + AT_ONCE).map(async (name) => ({
        name,
        ...await readGraphBytes(`${path}/${name}`, LIMITS.graphFileBytes),
      })),
    );
    for (const { bytes } of read) left -= bytes.ok ? bytes.value.length : 0;
    files.push(...read);
    if (left < 0) return undefined;
  }
  return files;
}

function tooLarge(path: string) {
  const limit = LIMITS.graphFileBytes / 1024 / 1024;
  return fail(`the graph files of ${path} are together larger than ${limit} MiB`, {
    hint: "large contents belong into files of their own, with source: instead of content:",
  });
}
