/**
 * One run over parts of files that are already right, beside the same files managed as a whole.
 *
 * @module
 */

import { join } from "node:path";
import { fileGraph, type SmallFile, smallFiles, writeFiles } from "./graphs.ts";
import { Subject } from "./mgmt.ts";
import { type Context, type Figure, ms, type Row } from "./row.ts";
import { inTurns, median, summarize } from "./statistics.ts";

const FILES = 50;
const PER_FILE = 10;

/** 500 values in 50 files: as lines, by ini, and the 50 files with all that is in them. */
export const parts: Row = { name: "parts", measure };

async function measure(context: Context): Promise<Figure[]> {
  const directory = join(context.directory, "parts");
  const files = Array.from({ length: FILES }, (_, file): SmallFile => ({
    path: join(directory, `files/f${file}.conf`),
    content: `# file ${file}\n[main]\n` + keys(file).map((key) => `${key} = on\n`).join(""),
  }));
  writeFiles(files);
  const others = smallFiles(join(directory, "others"), FILES * PER_FILE, PER_FILE);
  writeFiles(others);
  const graphs = {
    file: fileGraph(files),
    files: fileGraph(others),
    line: graphOf(
      "line",
      files,
      (key) => `    section: "[main]"\n    line: ${key} = on\n    match: ^${key}\\b\n`,
    ),
    ini: graphOf("ini", files, (key) => `    section: main\n    key: ${key}\n    value: "on"\n`),
  };
  const runs = Object.fromEntries(
    Object.entries(graphs).map(([kind, graph]) => {
      const subject = new Subject(context.programs, join(directory, kind), graph);
      return [kind, () => subject.oneShot()];
    }),
  );
  for (const run of Object.values(runs)) run();
  const times = await inTurns(context.quick ? 3 : 15, runs);
  const middle = (kind: string) => median(times[kind] ?? []);
  const details = Object.fromEntries(Object.entries(times).map(([k, v]) => [k, summarize(v)]));
  const beside = (kind: string, other: string, what: string): Figure => ({
    what: `one-shot, ${FILES * PER_FILE} ${kind} in ${FILES} files right, beside ${what}`,
    measured: `${ms(middle(kind))} : ${ms(middle(other))}`,
    value: middle(kind) / middle(other),
    unit: " ×",
    must: 1.5,
    details,
  });
  return ["line", "ini"].flatMap((kind) => [
    beside(kind, "file", "these as file"),
    beside(kind, "files", `${others.length} file`),
  ]);
}

function keys(file: number): readonly string[] {
  return Array.from({ length: PER_FILE }, (_, index) => `key${file}_${index}`);
}

function graphOf(
  kind: string,
  files: readonly SmallFile[],
  fields: (key: string) => string,
): string {
  const items = files.flatMap(({ path }, file) =>
    keys(file).map((key) => `  - name: ${key}\n    path: "${path}"\n${fields(key)}`)
  );
  return `graph: parts\nresources:\n  ${kind}:\n${items.join("")}`;
}
