/**
 * Opens the facts of this host, or those that a file says of another.
 *
 * @module
 */

import type { JsonValue } from "../../base/input.ts";
import { parseJson } from "../../base/json.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { FACTS } from "../../facts/fact_table.ts";
import { type FixedFacts, fixedFacts } from "../../facts/fixed_facts.ts";
import { HostFacts } from "../../facts/host_facts.ts";
import { LabelStore } from "../../facts/label_store.ts";
import type { Labels } from "../../facts/labels.ts";
import { thisMachine } from "../../facts/machine.ts";
import { type KeptFacts, OwnFacts } from "../../facts/own_facts.ts";
import { type Distrusts, factFileText } from "../../facts/trusted_directory.ts";
import type { Host } from "../../host/host.ts";
import { lostNumber } from "../../lang/document.ts";
import { readDocument } from "../../lang/yaml/document.ts";
import { graphTextPath, readGraphBytes } from "../../os/graph_text.ts";
import { stateDirectory } from "../../os/state/state_directory.ts";
import { judge, openingsOf, trustAsService } from "../graph/graph_trust.ts";
import { keepFile } from "../keep_file.ts";
import { FACT_DIRECTORIES } from "./fact_directories.ts";

/** How the facts of this host are opened. */
export interface FactsOptions {
  readonly labels: Labels;
  /** What this host was told to be called. */
  readonly name?: string | undefined;
  /** By what changes are seen, programs are run and values kept; absent: what there is is read once. */
  readonly host?: Pick<Host, "watcher" | "clock" | "files" | "processes"> | undefined;
  /** Whether programs below facts.d are run. */
  readonly runsPrograms: boolean;
  /** Programs are run before anything is read, also where something is known of an earlier run. */
  readonly isEager?: boolean;
  /** The only fact that is asked for; absent: all may be. */
  readonly only?: string | undefined;
  /** Where values of programs are kept, and where those of earlier runs are; undefined: nowhere. */
  readonly prefix?: string | undefined;
  readonly earlier?: string | undefined;
  readonly directories?: typeof FACT_DIRECTORIES;
  readonly warn: (text: string) => void;
}

/** Opens the facts of this host; when it resolves, they can be read. */
export async function openFacts(options: FactsOptions): Promise<HostFacts> {
  const { labels: given, name, host, runsPrograms, warn, directories = FACT_DIRECTORIES } = options;
  const { only } = options;
  const needsLabels = only === undefined || only === "labels";
  const distrusts: Distrusts = async (way, { directory, isListed }) =>
    judge(await openingsOf(way, { isListed }), trustAsService(), directory)?.message;
  const nowMs = host && (() => host.clock.nowMs());
  const facts = new HostFacts({
    machine: thisMachine(),
    name,
    labels: new LabelStore({
      given,
      directory: directories.labels,
      distrusts,
      warn: needsLabels ? warn : () => {},
      nowMs,
    }),
    own: new OwnFacts({
      directory: directories.own,
      distrusts,
      readData,
      ...(host !== undefined && runsPrograms &&
        { run: (path, stop) => runProgram(path, host, stop) }),
      isEager: options.isEager,
      only,
      kept: keptFacts(options),
      taken: new Set([...Object.keys(FACTS), "labels"]),
      warn,
      nowMs,
    }),
    ...(host && { host }),
  });
  await facts.load();
  return facts;
}

/** Reads the facts of another host from a file that the user named. */
export async function readFactsFile(file: string): Promise<Result<FixedFacts>> {
  const { bytes } = await readGraphBytes(graphTextPath(file), LIMITS.factFileBytes);
  const text = factFileText(file, bytes);
  if (!text.ok) return text;
  const value = await readData(text.value, file);
  return value.ok ? fixedFacts(value.value, file) : value;
}

/** What a text in JSON or YAML says. */
async function readData(text: string, file: string): Promise<Result<JsonValue>> {
  const read = await readDocument(text, { file });
  const [mistake] = read.ok ? read.document.mistakes ?? [] : read.diagnostics;
  if (mistake !== undefined) {
    const line = mistake.line === undefined ? "" : `:${mistake.line}`;
    return fail(`${file}${line}: ${mistake.message}`);
  }
  const lost = read.ok ? lostNumber(read.document) : undefined;
  if (lost !== undefined) return fail(`${file}: ${lost}`);
  const plain = JSON.stringify(
    read.ok ? read.document.value : undefined,
    (_key, each) => typeof each === "bigint" ? Number(each) : each,
  );
  const value = parseJson(plain);
  return value === undefined ? fail(`${file} says nothing`) : ok(value as JsonValue);
}

async function runProgram(
  path: string,
  { processes }: Pick<Host, "processes">,
  stop: AbortSignal,
): Promise<Result<string>> {
  const lines: string[] = [];
  let bytes = 0;
  const done = await processes.run({
    argv: [path],
    inherit: [],
    signal: stop,
    timeoutMs: LIMITS.factProgramMs,
    lineBytes: LIMITS.factFileBytes,
    lineLimit: LIMITS.factFileBytes,
    line: (line, stream) => {
      if (stream !== "stdout") return;
      bytes += line.length + 1;
      if (bytes <= LIMITS.factFileBytes) lines.push(line);
    },
  });
  if (!done.ok) return done;
  const { code, signal, ended, tail } = done.value;
  if (ended !== undefined) {
    return fail(`${path} did not end within ${LIMITS.factProgramMs / 1000} s`);
  }
  if (code !== 0) {
    const last = tail.at(-1);
    const how = code === undefined ? `was ended by ${signal}` : `failed with exit code ${code}`;
    return fail(`${path} ${how}${last === undefined ? "" : `: ${last}`}`);
  }
  if (bytes > LIMITS.factFileBytes) {
    return fail(`${path} printed more than ${LIMITS.factFileBytes / 1024} KiB`);
  }
  return ok(lines.join("\n"));
}

/** One small file for each program, below the prefix. */
function keptFacts({ prefix, earlier, host, warn }: FactsOptions): KeptFacts {
  let writing = Promise.resolve();
  return {
    read: (name) => {
      if (earlier === undefined) return undefined;
      const text = stateDirectory(`${earlier}/facts`).read(`${name}.json`);
      return parseJson(text) as JsonValue | undefined;
    },
    keep: (name, value) => {
      if (prefix === undefined || host === undefined) return;
      const content = JSON.stringify(value);
      const directory = `${prefix}/facts`;
      if (stateDirectory(directory).read(`${name}.json`) === content) return;
      writing = writing.then(async () => {
        const file = { directory, name: `${name}.json`, content };
        const kept = await keepFile(host.files, file);
        if (!kept.ok) warn(`the fact ${name} is not kept: ${kept.failure.message}`);
      });
    },
  };
}
