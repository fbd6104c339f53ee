/**
 * A directory as a source of graphs: all its graph files are one graph.
 *
 * @module
 */

import type { Diagnostic } from "../../base/diagnostic.ts";
import type { Failure } from "../../base/result.ts";
import type { DocumentPart } from "../../lang/document.ts";
import { mergeDocuments, type OthersFile } from "../../lang/merge.ts";
import type { FileWay } from "../../os/files/file_way.ts";
import { isGraphFile, links, type ReadFile, readGraphDirectory } from "./directory_content.ts";
import { fileIn, hasProgramName, PROGRAMS, programsAmong } from "./directory_names.ts";
import type { DirectoryPrograms } from "./directory_programs.ts";
import { lastGoodReading, nameOfDirectory } from "./earlier_reading.ts";
import type { GraphFileOptions } from "./graph_file.ts";
import type { GraphSource, SourceReading } from "./graph_source.ts";
import { doubtsOf, type Opening, openingsOf } from "./graph_trust.ts";
import { GraphValues } from "./graph_values.ts";
import { SourceWatch } from "./source_watch.ts";
import { takeApart } from "./take_apart.ts";

/** Files for other hosts that are named. */
const NAMED = 5;

/** A text and the name of its file in the directory. */
interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** All graph files of a directory, in the order of their names, and its programs. */
export class GraphDirectory implements GraphSource {
  readonly file: string;
  readonly directory: string;
  readonly #options: GraphFileOptions;
  readonly #watch: SourceWatch | undefined;
  readonly #values: GraphValues;
  /** What its files said at the last reading. */
  #known: readonly NamedText[] | undefined;
  #wasRead = false;
  /** Loaded where there are any. */
  #programs: DirectoryPrograms | undefined;
  #changed: (() => void) | undefined;
  #hadPrograms = false;
  /** What it is without links, as it was found last. */
  #realPath: string | undefined;

  constructor(options: GraphFileOptions) {
    this.#options = options;
    this.file = options.file;
    this.directory = options.path;
    this.#watch = options.host && new SourceWatch(options.host, { several: true });
    const { file, path: directory } = options;
    this.#values = new GraphValues({ ...options, directory, shownDirectory: file });
  }

  async #readPrograms(names: readonly string[]): Promise<SourceReading | undefined> {
    if (this.#programs === undefined && names.length > 0) {
      const { DirectoryPrograms } = await import("./directory_programs.ts");
      const { programs } = this.#options;
      const earlier = () => this.#earlierPrograms();
      this.#programs = new DirectoryPrograms(this.#options, programs, earlier);
      if (this.#changed !== undefined) this.#programs.watch(this.#changed);
    }
    return await this.#programs?.read(names);
  }

  async #earlierPrograms(): Promise<string | undefined> {
    const { kept, path: name, trust: rule } = this.#options;
    const path = this.#realPath;
    const found = path === undefined
      ? undefined
      : await kept?.find({ name, path, unsafe: false, rule });
    return found?.files?.find((file) => file.name === PROGRAMS)?.text;
  }

  async read(): Promise<SourceReading> {
    const { path } = this.#options;
    const seen = this.#watch?.take();
    const content = await readGraphDirectory(path);
    if (!content.ok) {
      this.#known = undefined;
      this.#follow([], []);
      return this.#refused(content.failure);
    }
    const { listing, files } = content.value;
    this.#realPath = listing.way.realPath;
    const ways = [listing.way, ...files.flatMap(({ way }) => way ?? [])];
    const openings = await this.#openings(listing.way, ways);
    const doubts = doubtsOf(openings, this.#options);
    const unsafe = doubts.some(({ severity }) => severity === "error");
    const watched = () =>
      this.#follow(links(listing, files).map((name) => `${path}/${name}`), unsafe ? ways : []);
    watched();
    const here = { lastGood: () => lastGoodReading(listing.way, unsafe, this.#options) };
    if (unsafe) return { ...here, problems: doubts };
    const program = await this.#readPrograms(programsAmong(files));
    if (program?.waiting !== undefined) {
      return { ...here, waiting: program.waiting, problems: doubts };
    }
    const own = files.filter(({ name }) => isGraphFile(name));
    const reading = await this.#takeApart(own, listing.alike, program);
    watched();
    const texts = this.#known;
    const said = program?.document && [{
      name: PROGRAMS,
      text: JSON.stringify(program.document.value),
    }];
    const keep = () => {
      const { kept, path: name } = this.#options;
      if (texts === undefined) return;
      program?.keep?.();
      const { kept: values, openings: more } = this.#values;
      const found = { openings: [...openings, ...more], values };
      const all = [...texts, ...said ?? []];
      kept?.keep({ name, path: listing.way.realPath, ...found, text: "", files: all });
    };
    const edit = seen ?? program?.seen;
    return { ...here, ...reading, problems: [...doubts, ...reading.problems], keep, seen: edit };
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
    program: SourceReading | undefined,
  ): Promise<SourceReading> {
    const before = this.#known;
    this.#known = undefined;
    const isSameProgram = program === undefined ? !this.#hadPrograms : program.same === true;
    this.#hadPrograms = program !== undefined;
    const isKnown = isSameProgram && before !== undefined;
    if (isKnown && await isSame(files, before) && !await this.#values.isStale()) {
      this.#known = before;
      return { same: true, problems: [] };
    }
    if (files.length === 0 && program === undefined) {
      return this.#refused({
        message: `there is no graph file in ${this.file}`,
        hint: "what is read are all *.yaml in it, but hidden files" +
          (alike.length === 0 ? "" : ` (rename ${alike.join(", ")})`) +
          ", and those *.ts that say export default program(…)",
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
    return await this.#merged(texts, parts, { problems, alike, program });
  }

  async #merged(
    texts: readonly NamedText[],
    parts: readonly DocumentPart[],
    { problems, alike, program }: {
      readonly problems: readonly Diagnostic[];
      readonly alike: readonly string[];
      readonly program: SourceReading | undefined;
    },
  ): Promise<SourceReading> {
    const textOf = (file: string) =>
      program?.textOf?.(file) ?? texts.find(({ name }) => fileIn(this.file, name) === file)?.text ??
        this.#values.textOf(file, texts.map(({ text }) => text));
    const said = program && this.#programs?.partOf(program);
    const all = [...parts, ...said ?? []];
    const { document, leftOut, doubts } = await mergeDocuments(all, {
      name: nameOfDirectory(this.directory),
      host: this.#options.hostName,
      values: this.#values.begin(),
    });
    const mistakes = [
      ...this.#values.doubts,
      ...problems,
      ...program?.problems ?? [],
      ...doubts,
      ...alike.flatMap((name) => this.#notRead(name)),
      ...this.#nothingLeft(all, leftOut),
      ...this.#nothingSaid(all),
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
      texts: [
        ...texts.flatMap(({ name, text }) => [name, text]),
        ...this.#values.texts,
        ...program?.texts ?? [],
      ],
      notes: [...this.#notes(leftOut), ...this.#values.notes, ...program?.notes ?? []],
      input: this.#values.input ?? program?.input,
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
    this.#changed = changed;
    this.#programs?.watch(changed);
  }

  #follow(files: readonly string[], ways: readonly FileWay[]): void {
    // What else is in the directory, a log for instance, may change as often as it likes.
    const entries = (name: string) => isGraphFile(name) || hasProgramName(name);
    const directory = { path: this.#options.path, entries };
    const values = this.#values.watched;
    this.#watch?.follow({
      directory,
      files: [...files, ...values.files],
      ways: [...ways, ...values.ways],
    });
  }

  async close(): Promise<void> {
    this.#watch?.close();
    this.#values.close();
    await this.#programs?.close();
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
