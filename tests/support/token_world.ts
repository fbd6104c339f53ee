/**
 * A cluster that speaks TLS, of agents on this host, and hosts that want in.
 *
 * @module
 */

import { assertEquals, fail } from "@std/assert";
import { join } from "node:path";
import { JOIN_REFUSED, joinOnce } from "../../src/app/trust/join_cluster.ts";
import { openStore } from "../../src/app/cluster/open_store.ts";
import { joinRange } from "../../src/cluster/store/keys.ts";
import type { Store } from "../../src/cluster/store/store.ts";
import type { Failure, Result } from "../../src/base/result.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import { privateFiles } from "../../src/os/state/private_files.ts";
import type { JoinedAs } from "../../src/trust/joined_files.ts";
import { type OpenToken, openToken } from "../../src/trust/open_token.ts";
import { readTrust, TRUST_PLACE } from "../../src/trust/trust_files.ts";
import { eventually } from "./etcd.ts";
import { freePort } from "./free_port.ts";
import { inProcess } from "./in_process.ts";
import { inDirectory, mgmt, Program } from "./program.ts";
import { RANDOM } from "./trust.ts";
import { refusal, unwrap } from "./unwrap.ts";

/** As long as hosts may take to come in, and to be seen, where ten others want the cores. */
const BUSY_MS = 120_000;

/** Agents below one directory, by their names. */
export class TokenWorld implements AsyncDisposable {
  readonly directory: string;
  readonly address = `127.0.0.1:${freePort()}`;
  readonly #agents = new Map<string, Program>();
  #guests = 0;

  constructor(directory: string) {
    this.directory = directory;
  }

  prefix(host: string): string {
    return join(this.directory, host);
  }

  /** A graph that makes a file, exports one, and collects what others export. */
  async #graph(host: string): Promise<string> {
    const [path, place] = [join(this.directory, `${host}.yaml`), join(this.directory, `${host}.d`)];
    await Deno.mkdir(place, { recursive: true });
    const own = `{name: "@@of ${host}", path: /of-${host}, content: "of ${host}"}`;
    const collect = `collect: [{kind: file, pattern: ${place}/}]`;
    await Deno.writeTextFile(path, `graph: ${host}\nresources: {file: [${own}]}\n${collect}\n`);
    return path;
  }

  /** What a host has collected. */
  collected(host: string): readonly string[] {
    return [...Deno.readDirSync(join(this.directory, `${host}.d`))].map(({ name }) => name).sort();
  }

  /** Founds the cluster. */
  async found(host: string): Promise<Program> {
    const peer = `127.0.0.1:${freePort()}`;
    const urls = ["--client-urls", this.address, "--server-urls", peer];
    const agent = await this.start(host, "--tls", ...urls);
    await agent.says("leads the cluster");
    return agent;
  }

  /** Starts the agent of a host. */
  start(host: string, ...flags: string[]): Promise<Program> {
    return this.#start(host, "--hostname", host, ...flags);
  }

  async #start(host: string, ...flags: string[]): Promise<Program> {
    const place = ["--prefix", this.prefix(host)];
    const agent = new Program(["run", await this.#graph(host), ...place, ...flags]);
    this.#agents.set(host, agent);
    return agent;
  }

  /** The agent of a host that was let in, started by the name of its machine. */
  nameless(host: string): Promise<Program> {
    return this.#start(host, "--no-server", "--seeds", this.address);
  }

  /** The same by another name. */
  named(host: string, name: string): Promise<Program> {
    return this.#start(host, "--hostname", name, "--no-server", "--seeds", this.address);
  }

  /** The same for a host that runs no etcd. */
  agent(host: string, ...flags: string[]): Promise<Program> {
    return this.start(host, "--no-server", "--seeds", this.address, ...flags);
  }

  /** A command on a host; what it printed. */
  async says(host: string, ...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await mgmt([...words, "--prefix", this.prefix(host)]);
    assertEquals(code, 0, `mgmt ${words.join(" ")}: ${stderr}`);
    return stdout;
  }

  /** The same of a command that only reads, without a start of the executable. */
  async sees(host: string, ...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await inProcess([...words, "--prefix", this.prefix(host)]);
    assertEquals(code, 0, `mgmt ${words.join(" ")}: ${stderr}`);
    return stdout;
  }

  /** Waits until such a command says that, and goes on to say it once it does. */
  async becomes(host: string, words: readonly string[], is: RegExp): Promise<void> {
    let said = "";
    const isSo = async () => is.test(said = await this.sees(host, ...words).catch(String));
    await eventually(isSo, () => `${said}\n${this.said}`, BUSY_MS);
  }

  /** Makes a token on that host. */
  async token(host: string, ...flags: string[]): Promise<string> {
    return (await this.says(host, "token", "create", ...flags)).trim();
  }

  /** A new host that asks with a token, as an agent would; `at`: whom, if not the cluster itself. */
  async ask(
    text: string | OpenToken,
    host?: string,
    at = `https://${this.address}`,
  ): Promise<Result<JoinedAs>> {
    const given = typeof text === "string" ? unwrap(await openToken(text)) : text;
    const name = host ?? `guest${++this.#guests}`;
    return await joinOnce({
      token: { ...given, addresses: [at] },
      host: name,
      id: RANDOM.hex(16),
      seeds: [],
      files: privateFiles(join(this.directory, `${name}.trust`)),
      clock: createLocalClock(),
      random: RANDOM,
    }, AbortSignal.timeout(BUSY_MS));
  }

  /** The same, again until it is let in or refused for good, as agents do where many ask at once. */
  async askAgain(text: string): Promise<Result<JoinedAs>> {
    const name = `guest${++this.#guests}`;
    const endMs = performance.now() + BUSY_MS;
    for (;;) {
      const asked = await this.ask(text, name);
      const isFinal = asked.ok || asked.failure.code === JOIN_REFUSED;
      if (isFinal || performance.now() > endMs) return asked;
    }
  }

  /** Why it is refused, for good. */
  async refused(text: string | OpenToken, host?: string): Promise<Failure> {
    const failure = refusal(await this.ask(text, host));
    assertEquals(failure.code, JOIN_REFUSED, failure.message);
    return failure;
  }

  /** The agent of a host. */
  leader(host: string): Program {
    return this.#agents.get(host) ?? fail(`there is no ${host}`);
  }

  /** Whether somebody waits for an answer, by the store, which `host` may read. */
  async hasAsked(host: string, text: string): Promise<boolean> {
    const { id } = unwrap(await openToken(text));
    const store = await this.storeOf(host);
    try {
      const page = await store.list(joinRange(id), { deadlineMs: 5000, limit: 10 });
      return page.ok && page.value.entries.length > 0;
    } finally {
      store.close();
    }
  }

  /** The store of the cluster, as that host may ask it. */
  async storeOf(host: string): Promise<Store> {
    const trust = unwrap(readTrust(privateFiles(join(this.prefix(host), TRUST_PLACE))));
    if (trust === undefined) return fail(`${host} has no certificate`);
    const address = { clientUrls: [`https://${this.address}`], credentials: trust.credentials };
    return await openStore(address, createLocalClock());
  }

  /** Where a host listens that may run etcd. */
  urls(): readonly string[] {
    const [client, peer] = [freePort(), freePort()];
    return ["--client-urls", `127.0.0.1:${client}`, "--server-urls", `127.0.0.1:${peer}`];
  }

  async stop(host: string): Promise<void> {
    await this.#agents.get(host)?.interrupt();
  }

  /** Stops all agents but that of one host, and forgets what they said. */
  async stopOthers(host: string): Promise<void> {
    for (const other of [...this.#agents.keys()].reverse()) {
      if (other === host) continue;
      await this.stop(other);
      this.#agents.delete(other);
    }
  }

  get said(): string {
    return [...this.#agents].map(([host, { stderr }]) => `${host}:\n${stderr}`).join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const host of [...this.#agents.keys()].reverse()) await this.stop(host);
  }
}

/** A test in a cluster of one host, `h1`. */
export type TokenTest = (world: TokenWorld) => Promise<void>;

/** Runs a test in a cluster of its own. */
export function inTokenCluster(test: TokenTest): Promise<void> {
  return inDirectory(async (directory) => {
    await using world = new TokenWorld(directory);
    await world.found("h1");
    await told(world, test);
  });
}

/**
 * Runs tests one after the other in one cluster, each as a step: founding it takes two seconds of a core. Each begins
 * with the agent of `h1` alone, and what hosts have left behind in the cluster.
 */
export function inOneTokenCluster(
  context: Deno.TestContext,
  tests: Readonly<Record<string, TokenTest>>,
): Promise<void> {
  return inTokenCluster(async (world) => {
    for (const [what, test] of Object.entries(tests)) {
      await context.step(what, () => told(world, test));
      await world.stopOthers("h1");
    }
  });
}

/** Where the test fails, it is told what the agents have said. */
async function told(world: TokenWorld, test: TokenTest): Promise<void> {
  try {
    await test(world);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.stack : error}\n${world.said}`);
  }
}
