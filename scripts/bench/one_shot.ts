/**
 * One run over many small files that are already right, beside cf-agent.
 *
 * @module
 */

import { join } from "node:path";
import { fileGraph, smallFiles, writeFiles } from "./graphs.ts";
import { Subject } from "./mgmt.ts";
import { timed } from "./processes.ts";
import { ansible, cfengine, type Peer, provesItself, puppet } from "./peers.ts";
import { type Context, type Figure, ms, type Row } from "./row.ts";
import { inTurns, median, summarize } from "./statistics.ts";

/** Files in each directory. */
const PER_DIRECTORY = 100;

export function oneShot(name: string, count: number, must: number, goal: number): Row {
  return { name, measure: (context) => measure(context, { name, count, must, goal }) };
}

async function measure(
  context: Context,
  { name, count, must, goal }: { name: string; count: number; must: number; goal: number },
): Promise<Figure[]> {
  const directory = join(context.directory, name);
  const files = smallFiles(join(directory, "files"), count, PER_DIRECTORY);
  writeFiles(files);
  const subject = new Subject(context.programs, join(directory, "mgmt"), fileGraph(files));
  const peers = [cfengine("edit_line"), cfengine("content")].filter((peer) => peer !== undefined);
  const runs: Record<string, () => number> = {
    mgmt: () => subject.oneShot(),
    ...Object.fromEntries(peers.map((peer) => [peer.name, peer.prepare(files, directory)])),
  };
  for (const [who, run] of Object.entries(runs)) {
    provesItself(who, run, files);
    writeFiles(files);
  }
  const times = await inTurns(context.quick ? 3 : 9, runs);
  const mgmt = median(times["mgmt"] ?? []);
  const details = Object.fromEntries(Object.entries(times).map(([k, v]) => [k, summarize(v)]));
  const what = `one-shot, ${count} small files right`;
  if (peers.length === 0) {
    const measured = `${ms(mgmt)}; cfengine3 is not installed`;
    return [{ what, measured, value: mgmt, unit: " ms", details }];
  }
  return peers.map((peer: Peer, index) => {
    const theirs = median(times[peer.name] ?? []);
    return {
      what,
      measured: `${ms(mgmt)} : ${peer.name} ${peer.version} ${ms(theirs)}`,
      value: mgmt / theirs,
      unit: " ×",
      // The limits are those of the first form; the second is printed beside it.
      ...(index === 0 ? { must, goal, details } : {}),
    };
  });
}

/** The same beside a loop that only loads the graph, looks, reads and compares. */
export const bareLoop: Row = {
  name: "bare-loop",
  measure: async (context) => {
    const count = 10_000;
    const directory = join(context.directory, "bare-loop");
    const files = smallFiles(join(directory, "files"), count, PER_DIRECTORY);
    writeFiles(files);
    const { programs } = context;
    const subject = new Subject(programs, join(directory, "mgmt"), fileGraph(files));
    const times = await inTurns(context.quick ? 3 : 11, {
      mgmt: () => subject.oneShot(),
      loop: () => timed(programs.bareLoop, [subject.graph]),
    });
    const [mgmt, loop] = [median(times.mgmt), median(times.loop)];
    return [{
      what: `one-shot, ${count} small files right, beside a bare loop`,
      measured: `${ms(mgmt)} : ${ms(loop)}`,
      value: mgmt / loop,
      unit: " ×",
      goal: 1.7,
    }];
  },
};

/** What others take, once each, where they are installed: for comparison only. */
export const peers: Row = { name: "peers", measure: measurePeers };

function measurePeers(context: Context): Promise<Figure[]> {
  const directory = join(context.directory, "peers");
  const files = smallFiles(join(directory, "files"), 1000, PER_DIRECTORY);
  writeFiles(files);
  // One task of Ansible takes half a second.
  const wanted = [[puppet(), 1000], [ansible(), context.quick ? 10 : 100]] as const;
  const figures = wanted.flatMap(([peer, count]): Figure[] => {
    if (peer === undefined) return [];
    context.say(`${peer.name} with ${count} files`);
    const run = peer.prepare(files.slice(0, count), directory);
    const tookMs = run();
    const measured = `${peer.name} ${peer.version}`;
    return [{ what: `one-shot, ${count} small files right`, measured, value: tookMs, unit: " ms" }];
  });
  return Promise.resolve(figures);
}
