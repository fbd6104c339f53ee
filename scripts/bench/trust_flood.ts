/**
 * What strangers cost a cluster that speaks TLS: a hundred thousand connections of garbage and handshakes that stop
 * half-way, at each port on which its hosts listen.
 *
 * @module
 */

import { join } from "node:path";
import { knock } from "../../tests/support/knock.ts";
import { FleetHost, OWN, written } from "./fleet.ts";
import { pause } from "./processes.ts";
import { type Context, type Figure, ms, type Row, short } from "./row.ts";
import { median } from "./statistics.ts";
import { witness } from "./witness.ts";

export const trustFlood: Row = { name: "trust-flood", measure };

const STRANGERS = 100_000;
const MANY = 20_000;
const AT_ONCE = 1000;
/** Of one file, before and after each flood: far from the burst (2,000) after which it would count as contested. */
const HEALS = 60;
const PAUSE_MS = 50;
/** Meanwhile, however long that takes: no more of them than are never called contested. */
const SELDOM_MS = 250;
/** One that takes longer is not waited for. */
const LIMIT_MS = 5000;
/** An etcd keeps a handshake that does not go on for so long. */
const QUIET_MS = 15_000;

/** A port, and who listens there. */
interface Door {
  readonly what: string;
  readonly strangers: number;
  readonly url: string;
  readonly host: FleetHost;
}

async function measure(context: Context): Promise<Figure[]> {
  const directory = join(context.directory, "trust-flood");
  await using hosts = new AsyncDisposableStack();
  const host = (name: string, more: object) =>
    hosts.use(new FleetHost(context.programs, name, directory, { ...more, tls: () => secret }));
  const secret = ["--secret-file", join(directory, "secret")];
  const a = host("a", { idealSize: 1 });
  const b = host("b", { seeds: [a] });
  const { stdout } = await new Deno.Command(context.programs.mgmt, { args: ["cluster", "secret"] })
    .output();
  Deno.writeFileSync(join(directory, "secret"), stdout, { mode: 0o600 });
  a.start();
  b.start();
  await written(new Map([...a.collected([a, b]), ...b.collected([a, b])]));
  await pause(5000);
  const doors: readonly Door[] = [
    { what: "etcd's port for clients", strangers: STRANGERS, url: a.clientUrl, host: a },
    { what: "etcd's port for members", strangers: STRANGERS, url: a.peerUrl, host: a },
    // Which takes a few hundred in a second, and lets the others wait.
    { what: "the port of a host without etcd", strangers: MANY, url: b.clientUrl, host: b },
  ];
  const figures: Figure[] = [];
  for (const door of doors) figures.push(...await flooded(context, door, [a, b]));
  return figures;
}

async function flooded(
  context: Context,
  { what, strangers: wanted, url, host }: Door,
  hosts: readonly FleetHost[],
): Promise<Figure[]> {
  const count = context.quick ? wanted / 20 : wanted;
  const before = { memory: megabytes(hosts), ...heals(context, host) };
  const cpuMs = host.agent.cpuMs();
  const strangers = knock(Number(new URL(url).port), count, AT_ONCE, ...KINDS);
  const duringMs: number[] = [];
  while (!strangers.isOver()) duringMs.push(await heal(host));
  const said = await strangers.done;
  const most = megabytes(hosts);
  await strangers.end();
  const spentMs = host.agent.cpuMs() - cpuMs - duringMs.length * before.cpuMs;
  await pause(QUIET_MS);
  await exchange(hosts);
  const after = { memory: megabytes(hosts), ...heals(context, host) };
  context.say(`${what}: ${said}; heal ${ms(median(duringMs))} meanwhile`);
  return [{
    what: `${count} strangers at ${what}: processor time of a heal afterwards, times before`,
    measured: `${ms(before.cpuMs)} before, ${ms(after.cpuMs)} afterwards; until healed ${
      ms(before.healMs)
    } before, ${ms(median(duringMs))} (longest ${ms(Math.max(...duringMs))}) meanwhile, ${
      ms(after.healMs)
    } afterwards`,
    value: after.cpuMs / before.cpuMs,
    unit: " ×",
    must: 1.5,
    details: { said, duringMs },
  }, {
    what: `${count} strangers at ${what}: processor time of the agent for each`,
    measured: `${ms(spentMs)} in all`,
    value: spentMs / count,
    unit: " ms",
    must: 0.5,
  }, {
    what: `${count} strangers at ${what}: memory of agents and etcd, more than before`,
    measured: `${short(before.memory)} MB before, ${short(most)} at the end, ${
      short(after.memory)
    } afterwards`,
    value: after.memory - before.memory,
    unit: " MB",
    must: 100,
  }];
}

const KINDS = ["half", "garbage", "nothing", "http"];

/** All that the hosts take together. */
function megabytes(hosts: readonly FleetHost[]): number {
  return hosts.reduce((sum, { agent, etcdPid }) => {
    const status = etcdPid === undefined ? "" : Deno.readTextFileSync(`/proc/${etcdPid}/status`);
    const etcd = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
    return sum + agent.memory().rssMb + etcd;
  }, 0);
}

/** How long heals take, and what each costs the agent, its share of all else that it does included. */
function heals(
  { directory }: Context,
  { name, files, agent }: FleetHost,
): { readonly healMs: number; readonly cpuMs: number } {
  const tries = Array.from({ length: HEALS }, () => ({
    how: "remove" as const,
    path: join(files, `${OWN[0]}${name}`),
  }));
  const begunMs = agent.cpuMs();
  const healMs = median(witness(directory, tries, PAUSE_MS, LIMIT_MS));
  return { healMs, cpuMs: (agent.cpuMs() - begunMs) / HEALS };
}

/** A file of its own is removed; milliseconds until it is back. */
async function heal({ name, files }: FleetHost): Promise<number> {
  await pause(SELDOM_MS);
  const path = join(files, `${OWN[1]}${name}`);
  Deno.removeSync(path);
  const begun = performance.now();
  return await written(new Map([[path, "own\n"]])) - begun;
}

let changes = 0;

/** Something new of each comes to all. */
async function exchange(hosts: readonly FleetHost[]): Promise<void> {
  const text = `text ${++changes}`;
  for (const host of hosts) host.writeGraph(host.exchange(text));
  await written(new Map(hosts.flatMap((host) => [...host.collected(hosts, text)])));
}
