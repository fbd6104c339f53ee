/**
 * What the journal costs, beside the same program without it, how fast it answers, and what a plan takes.
 *
 * @module
 */

import { join } from "node:path";
import { NewEntry } from "../../src/journal/entry.ts";
import { openToRead } from "../../src/journal/database.ts";
import { JournalReader } from "../../src/journal/reader.ts";
import { explain as explained } from "../../src/journal/why.ts";
import { JournalWriter } from "../../src/journal/writer.ts";
import { fileGraph, smallFiles, writeFiles } from "./graphs.ts";
import { Subject } from "./mgmt.ts";
import { type Context, type Figure, ms, type Row, short } from "./row.ts";
import { inTurns, median, summarize } from "./statistics.ts";
import { type Try, witness } from "./witness.ts";

const FILES = 1000;
const PLANNED = 10_000;
const ENTRIES = 1_000_000;
const RESOURCES = 10_000;
const BATCH = 1000;
const PAUSE_MS = 30;
const LIMIT_MS = 5000;
const BLOCK = 50;
const WITHOUT = ["--journal-size", "0"];

export const explain: Row = {
  name: "explain",
  measure: async (context) => [
    await start(context),
    await plan(context),
    ...await heal(context),
    ...await why(context),
  ],
};

/** A run that finds all right must not notice that there is a journal. */
async function start(context: Context): Promise<Figure> {
  const directory = join(context.directory, "explain-start");
  const files = smallFiles(join(directory, "files"), FILES, 100);
  writeFiles(files);
  const text = fileGraph(files);
  const subjects = {
    with: new Subject(context.programs, join(directory, "with"), text),
    without: new Subject(context.programs, join(directory, "without"), text, WITHOUT),
  };
  const times = await inTurns(context.quick ? 5 : 21, {
    with: () => subjects.with.oneShot(),
    without: () => subjects.without.oneShot(),
  });
  const [own, other] = [median(times.with), median(times.without)];
  return {
    what: `journal: one-shot, ${FILES} files right`,
    measured: `${ms(own)} : without ${ms(other)}`,
    value: own / other,
    unit: " ×",
    must: 1.05,
  };
}

/** A plan looks at the same things, and tells. */
async function plan(context: Context): Promise<Figure> {
  const directory = join(context.directory, "explain-plan");
  const files = smallFiles(join(directory, "files"), PLANNED, 100);
  writeFiles(files);
  const subject = new Subject(context.programs, join(directory, "mgmt"), fileGraph(files));
  subject.oneShot();
  const times = await inTurns(context.quick ? 3 : 11, {
    plan: () => subject.plan(),
    oneShot: () => subject.oneShot(),
  });
  const [own, other] = [median(times.plan), median(times.oneShot)];
  return {
    what: `plan of ${PLANNED} files right`,
    measured: `${ms(own)} : one-shot ${ms(other)}`,
    value: own / other,
    unit: " ×",
    must: 1.2,
  };
}

/** Two agents with files of their own, harmed in turns. */
async function heal(context: Context): Promise<Figure[]> {
  const directory = join(context.directory, "explain-heal");
  const names = ["with", "without"] as const;
  await using agents = new AsyncDisposableStack();
  const all = names.map((name) => {
    const files = smallFiles(join(directory, name), 3, 3);
    writeFiles(files);
    const flags = name === "with" ? [] : WITHOUT;
    const subject = new Subject(
      context.programs,
      join(directory, `${name}-agent`),
      fileGraph(files),
      flags,
    );
    return { name, files, agent: agents.use(subject.agent()) };
  });
  for (const { agent } of all) await agent.rests();
  const blocks = (context.quick ? 200 : 1000) / BLOCK;
  const tries: (Try & { who: string })[] = [];
  for (let block = 0; block <= blocks; block++) {
    for (const { name, files } of all) {
      for (let i = 0; i < BLOCK; i++) {
        const path = files[i % files.length]?.path ?? "";
        tries.push({ who: block === 0 ? "warm-up" : name, how: "remove", path });
      }
    }
  }
  const took = witness(directory, tries, PAUSE_MS, LIMIT_MS);
  const of = (who: string) => summarize(took.filter((_, i) => tries[i]?.who === who));
  const [own, other] = [of("with"), of("without")];
  const [ownMb, otherMb] = all.map(({ agent }) => agent.memory().rssMb);
  return [{
    what: "journal: removed file back",
    measured: `median ${ms(own.median)}, p99 ${ms(own.p99)} : without ` +
      `${ms(other.median)}, ${ms(other.p99)}`,
    value: own.median / other.median,
    unit: " ×",
    must: 1.1,
    details: { own, other },
  }, {
    what: "journal: memory after that",
    measured: `${short(ownMb!)} MB : without ${short(otherMb!)} MB`,
    value: ownMb! - otherMb!,
    unit: " MB",
    must: 10,
  }];
}

/** A journal of a million entries, in which each resource was refreshed by the one before it. */
async function why(context: Context): Promise<Figure[]> {
  const path = join(context.directory, "explain.db");
  const opened = JournalWriter.open(path, undefined);
  if (!opened.ok) throw new Error(opened.failure.message);
  const writer = opened.value;
  const key = (i: number) => `file[/etc/d${i % RESOURCES}/f]`;
  const startMs = performance.now();
  for (let i = 0; i < ENTRIES; i += BATCH) {
    const entries = Array.from({ length: BATCH }, (_, j) => {
      const by = i + j === 0 ? [] : [key(i + j - 1)];
      const detail = { reason: "content differs (12 → 31 bytes)", askedBy: by };
      return new NewEntry("refreshed", 1_790_000_000_000 + i + j, key(i + j), detail);
    });
    const failed = writer.write(entries, []);
    if (failed !== undefined) throw new Error(failed.message);
    if (writer.isDue) await writer.checkpoint();
  }
  const rowUs = (performance.now() - startMs) / ENTRIES * 1000;
  await writer.close();
  const times = Array.from({ length: 20 }, (_, i) => {
    const begin = performance.now();
    const database = openToRead(path);
    if (!database.ok) throw new Error(database.failure.message);
    const { chain } = explained(new JournalReader(database.value), key(i * 499 + 250));
    database.value.close();
    if (chain.length < 2) throw new Error("nothing was explained");
    return performance.now() - begin;
  });
  const bytes = Deno.statSync(path).size;
  return [{
    what: `journal: why among ${ENTRIES} entries`,
    measured: `20 links each, worst ${ms(Math.max(...times))}; ${
      short(bytes / ENTRIES)
    } bytes an entry`,
    value: median(times),
    unit: " ms",
    must: 50,
  }, {
    what: "journal: an entry written in a batch",
    measured: `${BATCH} a transaction`,
    value: rowUs,
    unit: " µs",
  }];
}
