/**
 * What one change costs where many clients collect: as a curve over how many of them it touches.
 *
 * Groups of clients collect from one host each, so that a change of that host touches its group. Theirs is
 * the exchange of the program, with a connection and a watch each; the etcd is real.
 *
 * @module
 */

import { join } from "node:path";
import type { Report } from "./collectors.ts";
import { FleetHost, Operator, until } from "./fleet.ts";
import { pause, processCpuMs } from "./processes.ts";
import { ROOT } from "./programs.ts";
import { type Context, type Figure, ms, type Row, short } from "./row.ts";
import { median } from "./statistics.ts";

export const clusterClients: Row = { name: "cluster-clients", measure };

const PROCESSES = 2, EXPORTS = 100;
/** Clients of each group, 500 together; the first host is nobody's. */
const GROUPS = [0, 2, 8, 30, 60, 130, 270];
const CLIENTS = GROUPS.reduce((sum, each) => sum + each, 0);

/** What the changes of one host did. */
interface Point {
  readonly touched: number;
  /** For each change, until the last client has heard. */
  readonly tookMs: readonly number[];
  /** For each change, of all clients and etcd, above what they use anyway. */
  readonly cpuMs: number;
  readonly inVain: number;
}

interface World {
  readonly operator: Operator;
  readonly etcd: FleetHost;
  readonly parts: readonly Collectors[];
}

async function measure(context: Context): Promise<Figure[]> {
  const directory = join(context.directory, "cluster-clients");
  await using agents = new AsyncDisposableStack();
  const graph = "graph: empty\nresources: {}\n";
  const a = agents.use(new FleetHost(context.programs, "a", directory, { graph, idealSize: 1 }));
  a.start();
  using operator = new Operator([a]);
  await until("a voter", async () => await operator.voters() === 1);
  for (let i = 0; i < EXPORTS; i++) await operator.exports(hostOf(i % GROUPS.length), `e${i}`, "0");
  context.say(`${CLIENTS} clients connect`);
  const hosts = GROUPS.flatMap((count, group) => Array<string>(count).fill(hostOf(group)));
  const parts = Array.from(
    { length: PROCESSES },
    (_, i) => agents.use(new Collectors(a, hosts.filter((_, j) => j % PROCESSES === i))),
  );
  for (const part of parts) await part.ready();
  const world = { operator, etcd: a, parts };
  const rest = await atRest(world, context.quick ? 5000 : 20_000);
  const points: Point[] = [];
  for (const [group, touched] of GROUPS.entries()) {
    points.push(await point(world, group, touched, context.quick ? 5 : 20, rest));
  }
  return figures(points, rest);
}

/** CPU time of etcd and of all clients so far. */
function cpuMs({ etcd, parts }: World): { readonly etcd: number; readonly clients: number } {
  const clients = parts.reduce((sum, { pid }) => sum + processCpuMs(pid), 0);
  return { etcd: processCpuMs(etcd.etcdPid ?? NaN), clients };
}

/** Milliseconds of CPU that are used in a second while nothing changes. */
async function atRest(world: World, forMs: number): Promise<ReturnType<typeof cpuMs>> {
  await pause(3000);
  const [before, begunMs] = [cpuMs(world), performance.now()];
  await pause(forMs);
  const [after, seconds] = [cpuMs(world), (performance.now() - begunMs) / 1000];
  return {
    etcd: (after.etcd - before.etcd) / seconds,
    clients: (after.clients - before.clients) / seconds,
  };
}

/** Changes what a host exports, again and again, and waits each time until all that it touches know. */
async function point(
  world: World,
  group: number,
  touched: number,
  rounds: number,
  rest: ReturnType<typeof cpuMs>,
): Promise<Point> {
  const { operator, parts } = world;
  const reports = (question: "reset" | "report") =>
    Promise.all(parts.map((part) => part.ask(question)));
  const woken = (all: readonly Report[]) => all.reduce((sum, each) => sum + each.woken, 0);
  const change = async (content: string, heard: number) => {
    const begunMs = performance.timeOrigin + performance.now();
    // The exports are dealt out among the hosts: the first of a host has its number.
    await operator.exports(hostOf(group), `e${group}`, content);
    let all: Report[] = [];
    await until(`${heard} were woken`, async () => woken(all = await reports("report")) >= heard);
    return Math.max(...all.map(({ lastMs }) => lastMs)) - begunMs;
  };
  await reports("reset");
  await change("warm-up", touched);
  await reports("reset");
  const [before, startMs] = [cpuMs(world), performance.now()];
  const tookMs: number[] = [];
  for (let i = 0; i < rounds; i++) tookMs.push(await change(`${i}`, touched * (i + 1)));
  const [after, seconds] = [cpuMs(world), (performance.now() - startMs) / 1000];
  const used = after.etcd - before.etcd + after.clients - before.clients;
  await pause(500);
  return {
    touched,
    tookMs: touched === 0 ? [0] : tookMs,
    cpuMs: (used - seconds * (rest.etcd + rest.clients)) / rounds,
    inVain: woken(await reports("report")) - touched * rounds,
  };
}

function figures(points: readonly Point[], rest: ReturnType<typeof cpuMs>): Figure[] {
  const [most] = points.slice(-1);
  return [{
    what: `${CLIENTS} clients, ${EXPORTS} exports: woken by a change that does not touch them`,
    measured: points.map(({ touched, inVain }) => `${inVain} of ${CLIENTS - touched}`).join(", "),
    value: Math.max(...points.map(({ inVain }) => inVain)),
    unit: "",
    must: 0.5,
  }, {
    what: "one change: CPU of etcd and all clients for each that it touches",
    measured: points.map(({ touched, tookMs, cpuMs }) =>
      `${touched}: ${short(cpuMs)} ms, heard in ${ms(median(tookMs))}`
    ).join("; "),
    value: (most?.cpuMs ?? NaN) / (most?.touched ?? NaN),
    unit: " ms",
    details: points,
  }, {
    what: `CPU at rest for each of ${CLIENTS} clients, over 30 s`,
    measured: `etcd ${short(rest.etcd / 10)} %, all clients ${
      short(rest.clients / 10)
    } % of a core`,
    value: (rest.etcd + rest.clients) * 30 / CLIENTS,
    unit: " ms",
  }];
}

function hostOf(group: number): string {
  return `host${group}`;
}

/** A process with clients. */
class Collectors implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;

  constructor({ clientUrl }: FleetHost, hosts: readonly string[]) {
    const script = join(ROOT, "scripts/bench/collectors.ts");
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--frozen", "--quiet", script, clientUrl, ...hosts],
      cwd: ROOT,
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#output = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  get pid(): number {
    return this.#child.pid;
  }

  async ready(): Promise<void> {
    await until("all clients have a list", async () => (await this.ask("report")).pending === 0);
  }

  async ask(question: "reset" | "report"): Promise<Report> {
    await this.#input.write(new TextEncoder().encode(`${question}\n`));
    const { value } = await this.#output.read();
    if (value === undefined) throw new Error("the clients have ended");
    return JSON.parse(value) as Report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#child.status;
  }
}
