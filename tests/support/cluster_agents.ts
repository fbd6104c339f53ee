/**
 * Agents of a cluster as users start them, several on one disposable host, each with a name.
 *
 * @module
 */

import { assertEquals, fail } from "@std/assert";
import { freePort } from "./free_port.ts";
import "./host_world.ts";
import { type Ended, mgmt, Program, shell } from "./program.ts";
import { isSoon } from "./polling.ts";
import { keepUnpacked, shareUnpacked } from "./unpacked_etcd.ts";

/** The graph that an agent gets: a file. */
export const GRAPH = "/tmp/mgmt-graph.yaml";
/** Exports a file and collects what others export. */
export const EXPORTS = "/tmp/mgmt-exports.yaml";

/** Agents on this host, by their names. */
export class Agents {
  readonly #programs = new Map<string, Program>();
  readonly #ports = new Map<string, readonly [number, number]>();
  #first: string | undefined;

  /** Starts the agent of that name, at the addresses it had before. */
  start(name: string, ...args: string[]): Program {
    const graph = args.includes("--file") ? [] : [GRAPH];
    const [client, peer] = this.#ports.get(name) ?? [freePort(), freePort()];
    this.#ports.set(name, [client, peer]);
    this.#first ??= name;
    shareUnpacked(name);
    const seeds = this.#first === name ? [] : ["--seeds", this.url(this.#first)];
    const program = new Program([
      ...["run", ...graph, "--hostname", name, ...seeds],
      ...["--client-urls", this.url(name), "--server-urls", `127.0.0.1:${peer}`, ...args],
    ]);
    this.#programs.set(name, program);
    return program;
  }

  /** Starts it again with `--seeds` alone: no addresses. */
  startUnaddressed(name: string): Program {
    const seeds = this.url(this.#first ?? name);
    const program = new Program(["run", GRAPH, "--hostname", name, "--seeds", seeds]);
    this.#programs.set(name, program);
    return program;
  }

  url(name: string): string {
    return `127.0.0.1:${this.#ports.get(name)?.[0]}`;
  }

  async stop(name: string): Promise<void> {
    await this.#programs.get(name)?.interrupt();
  }

  /** Ends an agent and its etcd as a power failure does. */
  async kill(name: string): Promise<void> {
    const program = this.#programs.get(name);
    program?.signal("SIGKILL");
    await program?.ended();
    await shell(`kill -9 $(pgrep -f -- '--name=${name}-[0-9a-f]{8}$')`);
    await shell(`for p in $(pgrep -f -- '--name=${name}-'); do kill -9 $p; done`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const programs = [...this.#programs.values()];
    await Promise.all(programs.map((program) => program.interrupt()));
    await keepUnpacked();
    await shell("rm -rf /var/lib/mgmt /tmp/mgmt*");
  }

  /** How much they have said so far. */
  get saidLength(): number {
    return [...this.#programs.values()].reduce((sum, { stderr }) => sum + stderr.length, 0);
  }

  get said(): string {
    return [...this.#programs].map(([name, { stderr }]) => `${name}:\n${stderr}`).join("\n");
  }
}

/** Those of the test that runs. */
let current: Agents | undefined;

/** Agents with a graph that makes a file and exports another. */
export async function withAgents(test: (agents: Agents) => Promise<void>): Promise<void> {
  await shell("rm -rf /tmp/mgmt*");
  await Deno.writeTextFile(
    GRAPH,
    `graph: all
resources:
  file:
  - {name: /tmp/mgmt-local, content: "local\\n"}
`,
  );
  await Deno.writeTextFile(
    EXPORTS,
    `graph: exports
resources:
  file:
  - {name: /tmp/mgmt-own, content: "own\\n"}
  - {name: "@@motd", path: /tmp/mgmt-motd, content: "motd\\n"}
collect:
- {kind: file, pattern: /tmp/mgmt-collected/}
`,
  );
  await Deno.mkdir("/tmp/mgmt-collected");
  const agents = current = new Agents();
  try {
    await test(agents);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.stack : error}\n${agents.said}`);
  } finally {
    await agents[Symbol.asyncDispose]();
  }
}

/** Runs a command to its end. */
export async function command(line: string): Promise<Ended> {
  return await mgmt(line.split(" "));
}

/** What a command printed that succeeded. */
export async function says(line: string): Promise<string> {
  const { code, stdout, stderr } = await command(line);
  assertEquals(code, 0, `mgmt ${line}: ${stderr}`);
  return stdout;
}

/** A host, as `mgmt members` tells of it. */
export interface Row {
  readonly host: string;
  readonly role: string;
  readonly live: boolean;
  readonly answers: boolean;
  readonly decides: boolean;
  readonly since: string | null;
  readonly domain: string | null;
}

/** The hosts as that one sees them; none while no cluster answers. */
export async function rows(host: string): Promise<readonly Row[]> {
  const { code, stdout } = await command(`members --hostname ${host} --output json`);
  return code === 0 ? JSON.parse(stdout).members : [];
}

/** `h1 voter, h2 client`, as that host sees it. */
export async function roles(host: string): Promise<string> {
  return (await rows(host)).map((row) => `${row.host} ${row.role}${row.live ? "" : " silent"}`)
    .join(", ");
}

/** Without news from an agent for so long it is asked again all the same. */
const NEWS_MS = 3000;

/** Waits until that host sees these roles. Asking takes a core for a while: only when an agent has said something. */
export async function rolesBecome(
  host: string,
  wanted: string | RegExp,
  limitMs = 90_000,
): Promise<void> {
  let [last, heard] = ["", -1];
  const saidLength = () => current?.saidLength ?? 0;
  const areSo = async () => {
    await isSoon(() => saidLength() !== heard, NEWS_MS);
    heard = saidLength();
    last = await roles(host);
    return typeof wanted === "string" ? last === wanted : wanted.test(last);
  };
  if (!await isSoon(areSo, limitMs)) fail(`not within ${limitMs} ms: ${wanted}: ${last}`);
}

/** Waits until a file says again that it is the own one. */
export async function healed(path: string): Promise<void> {
  const isBack = async () => (await shell(`cat ${path} 2>&1`)).includes("own");
  if (!await isSoon(isBack, 30_000)) fail(`${path} is not back`);
}
