/**
 * One run over keys that already let in: all of one user, and of as many users.
 *
 * @module
 */

import { join } from "node:path";
import { writeFiles } from "./graphs.ts";
import { Subject } from "./mgmt.ts";
import { type Context, type Figure, ms, type Row } from "./row.ts";
import { inTurns, median, summarize } from "./statistics.ts";

const KEYS = 1000;

/** 1,000 keys in one file, and in 1,000: how much longer than a graph without a resource. */
export const authorizedKeys: Row = { name: "authorized-keys", measure };

async function measure(context: Context): Promise<Figure[]> {
  const directory = join(context.directory, "keys");
  const keys = Array.from({ length: KEYS }, (_, index) => keyOf(index));
  const one = join(directory, "one/user");
  const many = (index: number) => join(directory, `many/user${index}`);
  writeFiles([{ path: one, content: keys.map((key) => `${key}\n`).join("") }]);
  writeFiles(keys.map((key, index) => ({ path: many(index), content: `${key}\n` })));
  const graphs = {
    empty: "graph: empty\n",
    one: graphOf(keys, () => one),
    many: graphOf(keys, many),
  };
  const runs = Object.fromEntries(
    Object.entries(graphs).map(([name, graph]) => {
      const subject = new Subject(context.programs, join(directory, `of-${name}`), graph);
      return [name, () => subject.oneShot()];
    }),
  );
  for (const run of Object.values(runs)) run();
  const times = await inTurns(context.quick ? 3 : 15, runs);
  const details = Object.fromEntries(Object.entries(times).map(([k, v]) => [k, summarize(v)]));
  const figure = (name: string, what: string): Figure => {
    const [keys, empty] = [median(times[name] ?? []), median(times["empty"] ?? [])];
    return {
      what: `one-shot, ${KEYS} authorized_key right, ${what}, beyond an empty graph`,
      measured: `${ms(keys)} : ${ms(empty)}`,
      value: (keys - empty) / 1000,
      unit: " s",
      must: 0.3,
      details,
    };
  };
  return [figure("one", "of one user"), figure("many", "of as many users")];
}

/** A key of ed25519 with a number for its point. */
function keyOf(index: number): string {
  const bytes = new Uint8Array(4 + 11 + 4 + 32);
  bytes.set([0, 0, 0, 11, ...new TextEncoder().encode("ssh-ed25519"), 0, 0, 0, 32]);
  new DataView(bytes.buffer).setUint32(19, index);
  return `ssh-ed25519 ${btoa(String.fromCharCode(...bytes))} user${index}@host`;
}

function graphOf(keys: readonly string[], pathOf: (index: number) => string): string {
  const items = keys.map((key, index) =>
    `  - name: key${index}\n    path: "${pathOf(index)}"\n    key: ${key}\n`
  );
  return `graph: keys\nresources:\n  authorized_key:\n${items.join("")}`;
}
