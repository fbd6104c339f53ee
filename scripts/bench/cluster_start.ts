/**
 * What a cluster adds to the start of a host: until its files are written, and in memory and idle CPU.
 *
 * @module
 */

import { join } from "node:path";
import { FleetHost, Operator, until, written } from "./fleet.ts";
import { pause, processCpuMs, Resident } from "./processes.ts";
import { type Context, type Figure, ms, type Row, short } from "./row.ts";
import { inTurns, median, summarize } from "./statistics.ts";

export const clusterStart: Row = { name: "cluster-start", measure: measureStart };
export const clusterRest: Row = { name: "cluster-rest", measure: measureRest };

const FILES = 200;

/** Files, and one that comes after all of them. */
function graph(directory: string): { readonly text: string; readonly last: string } {
  const last = join(directory, "last");
  const names = Array.from({ length: FILES }, (_, i) => `f${i}`);
  const file = (name: string) =>
    `  - name: ${name}\n    path: "${join(directory, name)}"\n    content: "some words\\n"\n`;
  const edge = (name: string) =>
    `- name: ${name}\n  from: {kind: file, name: ${name}}\n  to: {kind: file, name: last}\n`;
  const text = `graph: files\nresources:\n  file:\n${
    [...names, "last"].map(file).join("")
  }edges:\n${names.map(edge).join("")}`;
  return { text, last };
}

async function measureStart(context: Context): Promise<Figure[]> {
  let count = 0;
  const start = (clustered: boolean) => async () => {
    const directory = join(context.directory, `cluster-start-${count++}`);
    const host = new FleetHost(context.programs, "a", directory);
    const { text, last } = graph(host.files);
    host.writeGraph(text);
    await using agents = new AsyncDisposableStack();
    const done = written(new Map([[last, "some words\n"]]));
    await pause(0);
    const begun = performance.now();
    if (clustered) agents.use(host).start();
    else agents.use(alone(context, host));
    return await done - begun;
  };
  const times = await inTurns(context.quick ? 5 : 10, {
    cluster: start(true),
    alone: start(false),
  });
  const [cluster, plain] = [median(times.cluster), median(times.alone)];
  return [{
    what: `start of the first host until its ${FILES} files are written`,
    measured: `${ms(cluster)} : without a cluster ${ms(plain)}`,
    value: cluster / plain,
    unit: " ×",
    must: 1.1,
    details: { cluster: summarize(times.cluster), alone: summarize(times.alone) },
  }];
}

function alone({ programs }: Context, { graph, prefix }: FleetHost): Resident {
  return new Resident(programs.mgmt, ["run", "--file", graph, "--prefix", prefix]);
}

async function measureRest(context: Context): Promise<Figure[]> {
  const directory = join(context.directory, "cluster-rest");
  const { programs } = context;
  await using agents = new AsyncDisposableStack();
  const a = agents.use(new FleetHost(programs, "a", directory, { idealSize: 3 }));
  const seeded = { seeds: [a] };
  const [b, c] = ["b", "c"].map((name) =>
    agents.use(new FleetHost(programs, name, directory, seeded))
  ) as [FleetHost, FleetHost];
  const client = agents.use(
    new FleetHost(programs, "d", directory, { ...seeded, server: false }),
  );
  const single = new FleetHost(programs, "single", directory);
  single.writeGraph(small(single));
  const lone = agents.use(alone(context, single));
  const members = [a, b, c];
  for (const host of [...members, client]) host.start();
  const all = [...members, client];
  await written(new Map(all.flatMap((host) => [...host.collected(all)])));
  using operator = new Operator(members);
  await until("3 voters", async () => await operator.voters() === 3);
  await pause(context.quick ? 5000 : 10_000);
  const memory = { client: client.agent.memory(), alone: lone.memory() };
  const idleMs = context.quick ? 10_000 : 30_000;
  const before = members.map(cpuOf);
  await pause(idleMs);
  const used = members.map((host, i) => {
    const [now, then] = [cpuOf(host), before[i]!];
    return { agentMs: now.agentMs - then.agentMs, etcdMs: now.etcdMs - then.etcdMs };
  });
  const sums = used.map(({ agentMs, etcdMs }) => agentMs + etcdMs);
  return [{
    what: "memory of a client host above that of a host alone",
    measured: `resident ${short(memory.client.rssMb)} : ${short(memory.alone.rssMb)} MB`,
    value: memory.client.rssMb - memory.alone.rssMb,
    unit: " MB",
    must: 70,
    details: memory,
  }, {
    what: "CPU at rest of one of three hosts with its etcd, over 30 s",
    measured: `agent + etcd: ${
      used.map(({ agentMs, etcdMs }) => `${short(agentMs)} + ${short(etcdMs)}`).join(", ")
    } ms in ${idleMs / 1000} s, the most counts`,
    value: Math.max(...sums) / 1000 * 30_000 / idleMs,
    unit: " s",
    must: 0.6,
    details: used,
  }];
}

/** The same files without exchange. */
function small(host: FleetHost): string {
  return host.exchange("first").replace(/collect:[^]*/, "").replaceAll("@@", "");
}

/** Of the agent and its etcd, all threads. */
function cpuOf(host: FleetHost): { readonly agentMs: number; readonly etcdMs: number } {
  return { agentMs: host.agent.cpuMs(), etcdMs: processCpuMs(host.etcdPid ?? NaN) };
}
