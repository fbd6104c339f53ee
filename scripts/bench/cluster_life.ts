/**
 * The life of a cluster of three: a third host joins, something changes, it grows, its leader dies.
 *
 * @module
 */

import { join } from "node:path";
import { FleetHost, Operator, until, written } from "./fleet.ts";
import { pause } from "./processes.ts";
import { type Context, type Figure, ms, type Row } from "./row.ts";
import { median, summarize } from "./statistics.ts";

export const clusterLife: Row = { name: "cluster-life", measure };

export const clusterEnd: Row = { name: "cluster-end", measure: measureEnd };

/** What is measured of one cluster. */
export interface Life {
  readonly joinMs: number;
  readonly changeMs: readonly number[];
  readonly growMs: number;
  readonly failoverMs: number;
}

const CHANGES = 20;
const PAUSE_MS = 100;
const SETTLE_MS = 3000;

async function measure(context: Context): Promise<Figure[]> {
  const lives: Life[] = [];
  const tries = context.quick ? 3 : 10;
  for (let i = 0; i < tries; i++) {
    const life = await live(context, join(context.directory, `cluster-life-${i}`));
    context.say(
      `join ${ms(life.joinMs)}, change ${ms(median(life.changeMs))}, ` +
        `grow ${ms(life.growMs)}, leader killed ${ms(life.failoverMs)}`,
    );
    lives.push(life);
  }
  const changes = summarize(lives.flatMap((life) => life.changeMs));
  const figure = (what: string, of: (life: Life) => number, must: number): Figure => {
    const all = summarize(lives.map(of));
    const measured = `${tries} tries, ${ms(all.min)} to ${ms(all.max)}`;
    return { what, measured, value: all.median, unit: " ms", must, details: all };
  };
  const change = "change of A's graph until written on B and C";
  const measured = `${changes.count} changes, at most ${ms(changes.max)}`;
  return [
    figure("a third host from start to exchanged files", (life) => life.joinMs, 1500),
    { what: `${change}: median`, measured, value: changes.median, unit: " ms", must: 20 },
    { what: `${change}: 99th`, measured, value: changes.p99, unit: " ms", must: 100 },
    figure("size 1 → 3 with two willing hosts", (life) => life.growMs, 3000),
    figure("leader's etcd killed until an export is everywhere", (life) => life.failoverMs, 2500),
  ];
}

/** A third host that ends by itself when nothing has changed for five seconds, as in the first article. */
async function measureEnd({ programs, directory, quick }: Context): Promise<Figure[]> {
  await using hosts = new AsyncDisposableStack();
  const a = hosts.use(
    new FleetHost(programs, "a", join(directory, "cluster-end"), { idealSize: 1 }),
  );
  a.start();
  await written(a.collected([a]));
  const tookMs: number[] = [];
  for (let i = 0; i < (quick ? 2 : 5); i++) {
    const more = ["--converged-timeout=5"];
    const options = { seeds: [a], more };
    await using c = new FleetHost(programs, `c${i}`, join(directory, "cluster-end"), options);
    const begun = c.start();
    const code = await c.agent.ended;
    tookMs.push(performance.now() - begun);
    if (code !== 0) throw new Error(`exit code ${code}\n${c.said}`);
  }
  const all = summarize(tookMs);
  return [{
    what: "a host with --converged-timeout=5 from start to exit",
    measured: `${all.count} tries, ${ms(all.min)} to ${ms(all.max)}`,
    value: all.median,
    unit: " ms",
    must: 6500,
    details: all,
  }];
}

/** One cluster in a directory of its own; with TLS two hosts have its secret, and the third comes with a token. */
export async function live(
  { programs }: Context,
  directory: string,
  speech: "plain" | "tls" = "plain",
): Promise<Life> {
  await using hosts = new AsyncDisposableStack();
  const host = (name: string, seed: FleetHost | undefined, shown: () => readonly string[]) =>
    hosts.use(
      new FleetHost(programs, name, directory, {
        ...(seed === undefined ? { idealSize: 1 } : { seeds: [seed] }),
        ...(speech === "tls" ? { tls: shown } : {}),
      }),
    );
  const file = (name: string) => join(directory, name);
  const a = host("a", undefined, () => ["--secret-file", file("secret")]);
  const b = host("b", a, () => ["--secret-file", file("secret")]);
  const c = host("c", a, () => ["--token-file", file("token")]);
  const all = [a, b, c];
  const write = async (name: string, ...words: string[]) => {
    if (speech === "plain") return;
    const place = name === "secret" ? [] : ["--prefix", a.prefix];
    const { stdout } = await new Deno.Command(programs.mgmt, { args: [...words, ...place] })
      .output();
    Deno.writeFileSync(file(name), stdout, { mode: 0o600 });
  };
  try {
    await write("secret", "cluster", "secret");
    return await liveOn(
      all as [FleetHost, FleetHost, FleetHost],
      () => write("token", "token", "create", "--role", "server"),
    );
  } catch (error) {
    throw new Error([`${error}`, ...all.map((each) => each.said)].join("\n---\n"));
  }
}

async function liveOn(
  all: readonly [FleetHost, FleetHost, FleetHost],
  beforeThird: () => Promise<void>,
): Promise<Life> {
  const [a, b, c] = all;
  a.start();
  b.start();
  await written(new Map([...a.collected([a, b]), ...b.collected([a, b])]));
  await beforeThird();
  await pause(1000);
  const started = c.start();
  const joinMs = await written(new Map(all.flatMap((each) => [...each.collected(all)]))) - started;
  // Whoever volunteers unpacks its etcd first: that is the join, not the change.
  await pause(SETTLE_MS);
  const changeMs: number[] = [];
  for (let i = 0; i < CHANGES; i++) {
    await pause(PAUSE_MS);
    changeMs.push(await change(a, [b, c], `change ${i}`));
  }
  using operator = new Operator(all);
  const growing = performance.now();
  await operator.resize(3);
  const growMs = await until("3 voters", async () => await operator.voters() === 3) - growing;
  await pause(2000);
  const leader = await operator.leader(all);
  const pid = leader.etcdPid;
  if (pid === undefined) throw new Error(`${leader.name} runs no etcd`);
  Deno.kill(pid, "SIGKILL");
  const failoverMs = await change(leader, all, "after");
  return { joinMs, changeMs, growMs, failoverMs };
}

/** Changes what one exports; milliseconds until the others have written it. */
async function change(
  host: FleetHost,
  others: readonly FleetHost[],
  text: string,
): Promise<number> {
  const wanted = new Map(others.flatMap((other) => [...other.collected([host], text)]));
  const done = written(wanted);
  await pause(0);
  const begun = performance.now();
  host.writeGraph(host.exchange(text));
  return await done - begun;
}
