/**
 * Measures dist/mgmt: prints a table, writes dist/bench.json.
 *
 * Usage: deno task bench [--quick] [--dir DIRECTORY] [--program PROGRAM] [ROW...]
 *
 * --quick takes fewer tries; --program measures another executable than dist/mgmt, and builds nothing. A row is chosen by its name or the beginning of it. The files are made below
 * --dir, or else /var/tmp: on a file system in memory the figures would flatter. Exit code 1 where a row
 * misses what it must.
 *
 * @module
 */

import { join } from "node:path";
import { authorizedKeys } from "./bench/authorized_keys.ts";
import { autoedge } from "./bench/autoedge.ts";
import { clusterClients } from "./bench/cluster_clients.ts";
import { clusterEnd, clusterLife } from "./bench/cluster_life.ts";
import { clusterMany } from "./bench/cluster_many.ts";
import { clusterRest, clusterStart } from "./bench/cluster_start.ts";
import { explain } from "./bench/explain.ts";
import { fleetValues } from "./bench/fleet_values.ts";
import { heal, healMany } from "./bench/heal.ts";
import { howItIs } from "./bench/how_it_is.ts";
import { filesystemOf, machine } from "./bench/machine.ts";
import { bareLoop, oneShot, peers } from "./bench/one_shot.ts";
import { packages } from "./bench/packages.ts";
import { endAll } from "./bench/processes.ts";
import { programGraphs } from "./bench/program_graphs.ts";
import { parts } from "./bench/parts.ts";
import { prepare, ROOT } from "./bench/programs.ts";
import { resident } from "./bench/resident.ts";
import { type Figure, type Row, table, verdict } from "./bench/row.ts";
import { scheduler } from "./bench/scheduler.ts";
import { services } from "./bench/services.ts";
import { noops, start } from "./bench/start.ts";
import { trust } from "./bench/trust.ts";
import { trustFlood } from "./bench/trust_flood.ts";
import { trustLife } from "./bench/trust_life.ts";
import { web } from "./bench/web.ts";

const ROWS: readonly Row[] = [
  start,
  noops,
  scheduler,
  autoedge,
  oneShot("one-shot-1000", 1000, 0.5, 0.35),
  oneShot("one-shot-10000", 10_000, 0.18, 0.12),
  bareLoop,
  peers,
  parts,
  authorizedKeys,
  heal,
  healMany,
  explain,
  howItIs,
  resident,
  web,
  programGraphs,
  services,
  packages,
  clusterStart,
  clusterLife,
  clusterEnd,
  fleetValues,
  clusterRest,
  clusterClients,
  clusterMany,
  trust,
  trustLife,
  trustFlood,
];

interface Request {
  readonly rows: readonly Row[];
  readonly quick: boolean;
  readonly parent: string;
  readonly program?: string;
}

function request(args: readonly string[]): Request {
  const names: string[] = [];
  let [quick, parent] = [false, "/var/tmp"];
  let program: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const argument = args[i] ?? "";
    if (argument === "--quick") quick = true;
    else if (argument === "--dir") parent = args[++i] ?? "";
    else if (argument === "--program") program = args[++i] ?? "";
    else if (argument !== "--") names.push(argument);
  }
  const unknown = names.filter((name) => !ROWS.some((row) => row.name.startsWith(name)));
  if (unknown.length > 0) {
    throw new Error(
      `no row ${unknown.join(", ")}; there are ${ROWS.map((r) => r.name).join(", ")}`,
    );
  }
  const chosen = ROWS.filter((row) =>
    // heal-many measures what heal does, and more
    names.length === 0 ? row !== heal : names.some((name) => chooses(name, row.name))
  );
  return { rows: chosen, quick, parent, ...(program === undefined ? {} : { program }) };
}

function chooses(name: string, row: string): boolean {
  return ROWS.some((each) => each.name === name) ? row === name : row.startsWith(name);
}

/** A row that cannot be measured is a row that is not met; the others go on. */
function failed(row: Row): (error: unknown) => Figure[] {
  return (error) => {
    console.error(`bench: ${row.name}: ${error instanceof Error ? error.message : error}`);
    return [{ what: row.name, measured: "could not be measured", value: NaN, unit: "", must: 0 }];
  };
}

async function main(): Promise<number> {
  const { rows, quick, parent, program } = request(Deno.args);
  const directory = Deno.makeTempDirSync({ dir: parent, prefix: "mgmt-bench-" });
  const clean = () => {
    endAll();
    Deno.removeSync(directory, { recursive: true });
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      clean();
      Deno.exit(signal === "SIGINT" ? 130 : 143);
    });
  }
  try {
    const say = (text: string) => console.error(`bench: ${text}`);
    if (filesystemOf(directory) === "tmpfs") say(`${directory} is in memory: the figures flatter`);
    const programs = prepare(directory, program);
    const facts = machine(programs, directory);
    const figures: Figure[] = [];
    for (const row of rows) {
      say(`${row.name}`);
      figures.push(...await row.measure({ programs, directory, quick, say }).catch(failed(row)));
    }
    const judged = figures.map((figure) => ({ ...figure, met: verdict(figure) }));
    const report = { machine: facts, quick, figures: judged };
    Deno.writeTextFileSync(join(ROOT, "dist/bench.json"), JSON.stringify(report, null, 2) + "\n");
    console.log(
      `${facts.program}, ${facts.cores} cores, ${facts.processor}, Linux ${facts.kernel}, ` +
        `${facts.filesystem}, load ${facts.load[0]?.toFixed(2)}, ${facts.date}\n\n${
          table(figures)
        }`,
    );
    return judged.some(({ met }) => met === "NO") ? 1 : 0;
  } finally {
    clean();
  }
}

Deno.exit(await main());
