/**
 * A cluster in plain text at an address that other machines would reach: real agents on this host.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { ownAddresses } from "../../src/os/network/own_addresses.ts";
import { freePort } from "./free_port.ts";
import { contentOf, type Ended, mgmt, Program, shell, within } from "./program.ts";

/** Where other machines would reach the hosts: what is not theirs alone is exchanged without a MAC. */
const [ADDRESS = "127.0.0.1"] = ownAddresses();
export const NAMES = ["a", "b", "c", "d"] as const;
/** The last only exchanges. */
export const MEMBERS = NAMES.slice(0, 3);
export type Name = typeof NAMES[number];
/** As long as everything may take on a busy machine. */
const WAIT_MS = 60_000;

/** As long as members may take to come, or to start anew one after the other, where ten others want the cores. */
const BUSY_MS = 180_000;

/** What hosts have is looked at so often until another number is written. */
const LOOKS = 4;

/** How much each agent had said. */
export type Moment = ReadonlyMap<Program, number>;

/** Waits until all that it says is so. */
export async function comes(
  check: () => void | Promise<void>,
  waitMs = WAIT_MS,
): Promise<void> {
  const endMs = performance.now() + waitMs;
  for (;;) {
    const startMs = performance.now();
    try {
      return await check();
    } catch (error) {
      if (performance.now() > endMs) throw error;
    }
    // Who asks all the time takes the cores from those of whom it asks.
    const restMs = Math.min(1000, Math.max(200, 5 * (performance.now() - startMs)));
    await new Promise((resolve) => setTimeout(resolve, restMs));
  }
}

/** Agents of one machine that are a cluster in plain text, each of which exports a number and collects all. */
export class PlainFleet implements AsyncDisposable {
  readonly #directory: string;
  readonly #ports: ReadonlyMap<string, readonly [client: number, peer: number]>;
  readonly #agents = new Map<Name, Program>();
  /** Also those that were started before. */
  readonly #all: [Name, Program][] = [];
  #number = 0;
  #writes = true;
  #writing: Promise<void> = Promise.resolve();
  /** What was seen on a host that was older than what had been there before. */
  readonly wentBack: string[] = [];
  /** What a killed host had of others: what it knows of that at its next start may be half a second older. */
  readonly #maybeOlder = new Set<string>();

  constructor(directory: string) {
    this.#directory = directory;
    this.#ports = new Map(NAMES.map((name) => [name, [freePort(), freePort()]]));
    for (const name of NAMES) {
      Deno.mkdirSync(this.#path(`${name}.d`));
      this.#write(name, 0);
    }
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }

  prefix(name: Name): string {
    return this.#path(`p-${name}`);
  }

  client(name: Name): string {
    return `${ADDRESS}:${this.#ports.get(name)?.[0]}`;
  }

  start(name: Name, ...more: string[]): Program {
    const [client, peer] = this.#ports.get(name) ?? [];
    const agent = new Program([
      ...["run", this.#path(`${name}.yaml`), "--prefix", this.prefix(name), "--hostname", name],
      ...["--seeds", MEMBERS.map((each) => this.client(each)).join()],
      ...["--client-urls", `${ADDRESS}:${client}`, "--server-urls", `${ADDRESS}:${peer}`],
      ...["--ideal-cluster-size", "3", "--insecure-plaintext", "--dead-after", "600"],
      ...(MEMBERS.includes(name) ? [] : ["--no-server"]),
      ...more,
    ]);
    this.#agents.set(name, agent);
    this.#all.push([name, agent]);
    return agent;
  }

  log(name: Name): string {
    return this.#agents.get(name)?.stderr ?? "";
  }

  async stop(name: Name): Promise<void> {
    await this.#agents.get(name)?.interrupt();
  }

  /** Ends an agent and its etcd as a power failure does. */
  async kill(name: Name): Promise<void> {
    this.#agents.get(name)?.signal("SIGKILL");
    await this.#agents.get(name)?.ended();
    await shell(`kill -9 $(pgrep -f -- '--data-dir=${this.prefix(name)}/') || true`);
    for (const from of NAMES) this.#maybeOlder.add(`${from} on ${name}`);
  }

  #write(name: Name, number: number): void {
    const file = `{name: "@@of-${name}", path: /nowhere/of-${name}, content: "${number}\\n"}`;
    const collect = `{kind: file, pattern: "${this.#path(`${name}.d`)}/"}`;
    const graph = `graph: g\nresources: {file: [${file}]}\ncollect: [${collect}]\n`;
    Deno.writeTextFileSync(this.#path(`${name}.new`), graph);
    Deno.renameSync(this.#path(`${name}.new`), this.#path(`${name}.yaml`));
  }

  /** What a host has of another. */
  number(at: Name, from: Name): number {
    return Number(contentOf(this.#path(`${at}.d/of-${from}`)) ?? -1);
  }

  /** One host after another exports another number, and nobody may ever see an older one. */
  keepWriting(): void {
    const seen = new Map<string, number>();
    const turn = async () => {
      let looks = 0;
      while (this.#writes) {
        // All four make another graph of each.
        if (looks++ % LOOKS === 0) {
          const name = NAMES[++this.#number % NAMES.length]!;
          this.#write(name, this.#number);
        }
        await new Promise((resolve) => setTimeout(resolve, 250));
        for (const at of NAMES) {
          for (const from of NAMES) {
            const [what, number] = [`${from} on ${at}`, this.number(at, from)];
            const before = seen.get(what) ?? -1;
            if (number > before) this.#maybeOlder.delete(what);
            const isOld = number < before && !this.#maybeOlder.has(what);
            if (isOld) this.wentBack.push(`${what}: ${number} after ${before}`);
            seen.set(what, Math.max(before, number));
          }
        }
      }
    };
    this.#writing = turn();
  }

  /** All have what all have written last. */
  async exchanges(): Promise<void> {
    const marks = NAMES.map((name) => {
      this.#write(name, ++this.#number);
      return [name, this.#number] as const;
    });
    await comes(() => {
      for (const at of NAMES) {
        for (const [from, mark] of marks) {
          const has = this.number(at, from);
          assert(has >= mark, `${at} has ${has} of ${from}, not ${mark}`);
        }
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#writes = false;
    await this.#writing;
    await Promise.all([...this.#agents.values()].map((agent) => agent.interrupt()));
    for (const name of MEMBERS) await this.kill(name);
  }

  async mgmt(name: Name, ...words: string[]) {
    return await mgmt([...words, "--prefix", this.prefix(name)]);
  }

  /**
   * Has the cluster become TLS, and follows that to its end. The order is given again where it was refused because
   * somebody seemed to be away: on a busy machine a member answers late, and the leader changes.
   */
  async secure(name: Name): Promise<Ended> {
    const endMs = performance.now() + BUSY_MS;
    for (;;) {
      const ended = await this.mgmt(name, "cluster", "secure", "--yes", "--wait", "600");
      const isLate =
        /could be lost|being changed|asks for no certificate|no cluster answers|anything now/;
      if (!isLate.test(ended.stderr) || performance.now() > endMs) return ended;
    }
  }

  async says(name: Name, ...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.mgmt(name, ...words);
    assertEquals(code, 0, stderr);
    return stdout;
  }

  /** This moment, for what agents say from now on. */
  now(): Moment {
    return new Map(this.#all.map(([, agent]) => [agent, agent.stderr.length]));
  }

  /** Waits until an agent says that, which one that leads does of all it decides; the result is its name. */
  async decides(what: RegExp, since: Moment = new Map()): Promise<Name> {
    let by: Name | undefined;
    await within(
      BUSY_MS,
      () => {
        by = this.#all.find(([, agent]) => what.test(agent.stderr.slice(since.get(agent))))?.[0];
        return by !== undefined;
      },
      () =>
        `nobody says ${what}:\n${
          this.#all.map(([name, agent]) => `${name}:\n${agent.stderr}`).join("\n")
        }`,
    );
    return by!;
  }
}
