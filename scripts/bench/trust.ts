/**
 * What mutual TLS costs: the same etcd with the same clients over plain text and over TLS, in turns of one run.
 *
 * The clients are those of the program, on the runtime that is inside of it.
 *
 * @module
 */

import { join } from "node:path";
import { EtcdWorld } from "../../tests/support/etcd_world.ts";
import { until } from "./fleet.ts";
import { pause, processCpuMs } from "./processes.ts";
import { denoOf, ROOT } from "./programs.ts";
import { type Context, type Figure, ms, type Row, short } from "./row.ts";
import { median, summarize } from "./statistics.ts";

export const trust: Row = { name: "trust", measure };

/** Clients that come back together, in two processes. */
const CLIENTS = 200;
const PROCESSES = 2;
const MODES = ["plain", "tls"] as const;

type Both<T> = Readonly<Record<(typeof MODES)[number], T>>;

/** How the clients of one kind did. */
interface Measured {
  readonly putMs: number[];
  readonly memoryMb: number[];
  /** For each return of all, when each client was back (ms after etcd answered), in order. */
  readonly back: number[][];
  readonly clientCpuMs: number[];
  readonly etcdCpuMs: number[];
}

const nothing = (): Measured => ({
  ...{ putMs: [], memoryMb: [], back: [], clientCpuMs: [], etcdCpuMs: [] },
});

async function measure(context: Context): Promise<Figure[]> {
  const deno = denoOf(context.programs.runtime);
  const all = { plain: nothing(), tls: nothing() };
  await using plain = await EtcdWorld.start();
  await using tls = await EtcdWorld.startTls();
  const worlds = { plain, tls };
  await changes(deno, worlds, all, context.quick ? 5 : 20);
  for (let round = 0; round < (context.quick ? 3 : 7); round++) await memory(deno, worlds, all);
  for (let round = 0; round < (context.quick ? 1 : 3); round++) {
    for (const mode of MODES) {
      context.say(`${CLIENTS} clients come back, ${mode}, round ${round + 1}`);
      await returns(deno, worlds[mode], all[mode]);
    }
  }
  return figures(all.plain, all.tls);
}

/** One client puts, and another's watch hears; in turns, so short that what else the machine does meets both. */
async function changes(
  deno: string,
  worlds: Both<EtcdWorld>,
  into: Both<Measured>,
  turns: number,
): Promise<void> {
  await using plain = new Clients(deno, worlds.plain, 2);
  await using tls = new Clients(deno, worlds.tls, 2);
  const clients = { plain, tls };
  for (const mode of MODES) await clients[mode].ask("puts 200");
  for (let turn = 0; turn < turns; turn++) {
    for (const mode of MODES) into[mode].putMs.push(...await clients[mode].puts(100));
  }
}

/** What a process keeps that has done the same, once more each time from its start. */
async function memory(deno: string, worlds: Both<EtcdWorld>, into: Both<Measured>): Promise<void> {
  for (const mode of MODES) {
    await using clients = new Clients(deno, worlds[mode], 2);
    await clients.ask("puts 300");
    into[mode].memoryMb.push(clients.residentMb);
  }
}

/** All clients lose their etcd, and it comes back. */
async function returns(deno: string, world: EtcdWorld, into: Measured): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const parts = Array.from(
    { length: PROCESSES },
    () => stack.use(new Clients(deno, world, CLIENTS / PROCESSES)),
  );
  const back = async () => (await Promise.all(parts.map((part) => part.ask("back")))).flat();
  const isBack = async () => (await back()).every((each) => each !== null);
  await until("all clients watch", isBack);
  const [member] = world.cluster.members;
  await member!.kill();
  await until(
    "all clients have noticed",
    async () => (await back()).every((each) => each === null),
  );
  member!.start(world.cluster.initial());
  await member!.healthy();
  const begunMs = Date.now();
  const before = parts.map(({ pid }) => processCpuMs(pid));
  await until("all clients are back", isBack);
  await pause(500);
  const times = (await back()).flatMap((each) =>
    each === null ? [] : [Math.max(0, each - begunMs)]
  );
  into.back.push(times.sort((one, other) => one - other));
  const used = parts.map(({ pid }, index) => processCpuMs(pid) - before[index]!);
  into.clientCpuMs.push(used.reduce((sum, each) => sum + each, 0) / CLIENTS);
  into.etcdCpuMs.push(processCpuMs(member!.pid) / CLIENTS);
}

const SHARES = [0.25, 0.5, 0.75, 0.95, 1];

/** After how long each share of the clients was back; the median of all rounds. */
function curve({ back }: Measured): number[] {
  return SHARES.map((share) =>
    median(back.map((times) => times[Math.ceil(times.length * share) - 1] ?? NaN))
  );
}

function figures(plain: Measured, tls: Measured): Figure[] {
  const [before, now] = [summarize(plain.putMs), summarize(tls.putMs)];
  const [curveBefore, curveNow] = [curve(plain), curve(tls)];
  const memory = median(tls.memoryMb) - median(plain.memoryMb);
  const shown = (points: readonly number[]) => points.map(ms).join(", ");
  return [{
    what: "put → watch of another client, TLS : plain",
    measured: `${ms(now.median)} : ${ms(before.median)}, 99 of 100 ${ms(now.p99)} : ${
      ms(before.p99)
    }`,
    value: now.median / before.median,
    unit: " ×",
    must: 1.25,
    details: { plain: before, tls: now },
  }, {
    what: `${CLIENTS} clients come back at once: 25, 50, 75, 95, 100 % watch again after`,
    measured: `TLS ${shown(curveNow)}; plain ${shown(curveBefore)}`,
    value: (curveNow.at(-1) ?? NaN) - (curveBefore.at(-1) ?? NaN),
    unit: " ms",
    details: { plain: plain.back, tls: tls.back },
  }, {
    what: "CPU of a return, for each client: client and etcd, TLS : plain",
    measured: `${ms(median(tls.clientCpuMs))} and ${ms(median(tls.etcdCpuMs))} : ${
      ms(median(plain.clientCpuMs))
    } and ${ms(median(plain.etcdCpuMs))}`,
    value: median(tls.clientCpuMs) + median(tls.etcdCpuMs),
    unit: " ms",
  }, {
    what: "memory of a process with two clients, TLS more than plain",
    measured: `${short(median(tls.memoryMb))} : ${short(median(plain.memoryMb))} MB`,
    value: memory,
    unit: " MB",
    must: 10,
  }];
}

/** A process with clients. */
class Clients implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;

  constructor(deno: string, { endpoints, tls }: EtcdWorld, count: number) {
    const { ca, cert, key } = tls?.client() ?? {};
    const files = [ca, cert, key].flatMap((file) => file === undefined ? [] : [file.path]);
    const script = join(ROOT, "scripts/bench/trust_clients.ts");
    this.#child = new Deno.Command(deno, {
      args: ["run", "-A", "--no-check", "--quiet", script, `${count}`, endpoints[0]!, ...files],
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

  get residentMb(): number {
    const status = Deno.readTextFileSync(`/proc/${this.pid}/status`);
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }

  /** How long each of so many changes took until it was heard of. */
  async puts(times: number): Promise<number[]> {
    return (await this.ask(`puts ${times}`)).map((each) => each ?? NaN);
  }

  /** One line, and the line that answers it. */
  async ask(question: string): Promise<(number | null)[]> {
    await this.#input.write(new TextEncoder().encode(`${question}\n`));
    let line = "";
    while (!line.endsWith("\n")) {
      const { value } = await this.#output.read();
      if (value === undefined) throw new Error("the clients have ended");
      line += value;
    }
    return JSON.parse(line) as (number | null)[];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#child.status;
  }
}
