/**
 * Many hosts that start at once: how long until all exchange, and what they warn of meanwhile.
 * A start without a fault is one without a warning, however busy the machine is.
 *
 * @module
 */

import { basename, join } from "node:path";
import { FleetHost, until } from "./fleet.ts";
import { pause, processCpuMs } from "./processes.ts";
import { type Context, type Figure, ms, type Row, short } from "./row.ts";

export const clusterMany: Row = { name: "cluster-many", measure };

const HOSTS = 30, FOUNDERS = 3;
const PATIENCE = { limitMs: 120_000, pauseMs: 100 };
/** Meanwhile some of them are asked to run etcd, one after the other. */
const GROWTH_MS = 10_000;

/** Whom the host with this number names: it is read when all are there. */
type Seeds = (hosts: readonly FleetHost[], index: number) => readonly FleetHost[];

const STARTS: Readonly<Record<string, Seeds>> = {
  "seeds: the first three": (hosts) => hosts.slice(0, FOUNDERS),
  // That one founds nothing: it is a client itself.
  "seeds: one that joins the first three": (hosts, index) =>
    index <= FOUNDERS ? hosts.slice(0, FOUNDERS) : hosts.slice(FOUNDERS, FOUNDERS + 1),
  "seeds: all of them": (hosts) => hosts,
};

async function measure(context: Context): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [index, [what, seeds]] of Object.entries(STARTS).entries()) {
    const directory = join(context.directory, `cluster-many-${index}`);
    figures.push(...await started(context, what, seeds, directory));
  }
  return figures;
}

async function started(
  { programs, say }: Context,
  what: string,
  seedsOf: Seeds,
  directory: string,
): Promise<Figure[]> {
  await using agents = new AsyncDisposableStack();
  const seeds = Array.from({ length: HOSTS }, (): FleetHost[] => []);
  const hosts = seeds.map((seeds, index) =>
    agents.use(new FleetHost(programs, `h${index}`, directory, { seeds }))
  );
  for (const [index, each] of seeds.entries()) each.push(...seedsOf(hosts, index));
  const begunMs = performance.now();
  for (const host of hosts) host.start();
  const waiting = new Set(hosts);
  const haveAll = () => {
    for (const host of waiting) if (hasAll(host, hosts)) waiting.delete(host);
    return Promise.resolve(waiting.size === 0);
  };
  const endMs = await until("each has the files of all", haveAll, PATIENCE).catch((error) => {
    // What the others say is wanted all the more.
    say(`${error}: ${[...waiting].map(({ name, said }) => `${name}\n${said}`).join("\n---\n")}`);
    return NaN;
  });
  const tookMs = endMs - begunMs;
  const cpuMs = hosts.reduce((sum, host) => sum + cpuOf(host), 0);
  const memoryMb = hosts.reduce((sum, { agent }) => sum + agent.memory().pssMb, 0);
  await pause(GROWTH_MS);
  const warnings = hosts.flatMap(({ name, agent }) => agent.warnings.map((w) => `${name}: ${w}`));
  for (const warning of warnings) say(warning);
  return [{
    what: `${HOSTS} hosts at once, ${what}: warnings`,
    measured: `from ${new Set(warnings.map((each) => each.split(":")[0])).size} of the hosts`,
    value: warnings.length,
    unit: "",
    must: 0.5,
    details: warnings,
  }, {
    what: `${HOSTS} hosts at once, ${what}: until each has the files of all`,
    measured: `CPU ${ms(cpuMs)}, memory ${short(memoryMb)} MB`,
    value: tookMs / 1000,
    unit: " s",
    must: PATIENCE.limitMs / 1000,
    details: { tookMs, cpuMs, memoryMb },
  }];
}

function hasAll(host: FleetHost, hosts: readonly FleetHost[]): boolean {
  const there = new Set([...Deno.readDirSync(host.files)].map(({ name }) => name));
  return [...host.collected(hosts).keys()].every((path) => there.has(basename(path)));
}

/** Of the agent and its etcd, where it runs one. */
function cpuOf({ agent, etcdPid }: FleetHost): number {
  return agent.cpuMs() + (etcdPid === undefined ? 0 : processCpuMs(etcdPid));
}
