/**
 * What a value costs that one host shares and another's program reads, against an exported file that
 * the same host collects.
 *
 * @module
 */

import { join } from "node:path";
import { FleetHost, written } from "./fleet.ts";
import { pause } from "./processes.ts";
import { type Context, type Figure, ms, type Row } from "./row.ts";
import { summarize } from "./statistics.ts";

export const fleetValues: Row = { name: "fleet-values", measure };

const SETTLE_MS = 4000;
/** Longer than a program waits between two evaluations. */
const PAUSE_MS = 150;

/** Shares a value and exports a file. */
function sharing(value: string, file: string): string {
  return `graph: a
resources:
  value:
  - {name: word, value: "${value}"}
  file:
  - {name: "@@exported", path: /exported, content: "${file}\\n"}
`;
}

function reading(files: string): string {
  return `import { collect, file, program } from "mgmt";
export default program(({ fleet }) => {
  collect({ kind: "file", pattern: "${files}/" });
  file("${files}/shared", { content: Object.values(fleet.values("word")).join() + "\\n" });
});
`;
}

async function measure({ programs, directory, quick, say }: Context): Promise<Figure[]> {
  await using hosts = new AsyncDisposableStack();
  const place = join(directory, "fleet-values");
  const host = (name: string, options: ConstructorParameters<typeof FleetHost>[3]) =>
    hosts.use(new FleetHost(programs, name, place, options));
  const a = host("a", { idealSize: 1, graph: sharing("0", "0") });
  const files = join(place, "b", "files");
  const b = host("b", {
    seeds: [a],
    server: false,
    graph: reading(files),
    graphName: "site.ts",
  });
  a.start();
  b.start();
  const has = (name: string, text: string) => new Map([[join(files, name), `${text}\n`]]);
  await written(new Map([...has("shared", "0"), ...has("exported", "0")]));
  await pause(SETTLE_MS);
  const [shareMs, exportMs]: [number[], number[]] = [[], []];
  // Fewer than a program, or a value, may change before it is slowed.
  for (let count = 1; count <= (quick ? 8 : 25); count++) {
    for (const what of ["shared", "exported"] as const) {
      await pause(PAUSE_MS);
      const begun = performance.now();
      a.writeGraph(sharing(`${count}`, `${what === "shared" ? count - 1 : count}`));
      const tookMs = await written(has(what, `${count}`)) - begun;
      (what === "shared" ? shareMs : exportMs).push(tookMs);
    }
  }
  const [share, exported] = [summarize(shareMs), summarize(exportMs)];
  say(`share ${ms(share.median)}, export ${ms(exported.median)}`);
  return [{
    what: "change of a shared value until B's program has written it, beyond an export",
    measured: `${share.count} changes, median ${ms(share.median)} and ${ms(exported.median)}`,
    value: share.median - exported.median,
    unit: " ms",
    must: 10,
    details: share,
  }];
}
