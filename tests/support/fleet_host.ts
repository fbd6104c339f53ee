/**
 * One host of a {@linkcode Fleet}: what runs in it, and what is on its disk.
 *
 * @module
 */

import { join } from "node:path";
import { eventually } from "./etcd.ts";
import { bringEtcd } from "./etcd_programs.ts";
import { command, type FleetSpeech } from "./fleet.ts";
import { contentOf, EXECUTABLE, repositoryFile } from "./program.ts";

/** Where the agents keep their state. */
export const PREFIX = "/var/lib/mgmt";
/** Where the agents' graphs and files are. */
const PLACE = "/var/fleet";
/** Where the secret of a TLS cluster is; it is brought once, and stays when a host is wiped. */
const SECRET = "/root/cluster-secret";

/** The flags by which etcdctl shows what is in that directory. */
export function certificatesIn(directory: string): readonly string[] {
  const file = (name: string) => join(directory, name);
  return ["--cacert", file("ca.pem"), "--cert", file("host.pem"), "--key", file("host.key")];
}

/** A test host, with an address. */
export class FleetHost {
  readonly name: string;
  readonly address: string;
  readonly clientUrl: string;
  readonly peerUrl: string;
  #flags: readonly string[] = [];
  #agent: string | undefined;
  #secret: readonly string[] = [];
  #isTold = true;

  constructor(name: string, address: string, speech: FleetSpeech) {
    this.name = name;
    this.address = address;
    const scheme = speech === "tls" ? "https" : "http";
    this.clientUrl = `${scheme}://${address}:2379`;
    this.peerUrl = `${scheme}://${address}:2380`;
  }

  /** Brings it the secret of its cluster; its agent is started with that, unless it was told to go without. */
  bring(secret: string): void {
    Deno.writeTextFileSync(this.path(SECRET), secret, { mode: 0o600 });
    this.#secret = ["--secret-file", SECRET];
  }

  /** Starts it without the secret from now on; the file is gone. */
  takeSecret(): void {
    Deno.removeSync(this.path(SECRET));
    this.#secret = [];
  }

  /** The flags by which etcdctl shows what this host shows; undefined: it has nothing. */
  get certificates(): readonly string[] | undefined {
    const place = this.path(`${PREFIX}/cluster/trust`);
    return contentOf(join(place, "host.pem")) === undefined ? undefined : certificatesIn(place);
  }

  /** A file of it, as it is called here. */
  path(path: string): string {
    return join("/run/testhost", this.name, "root", path);
  }

  /** Does something to hosts, for instance `cut`. */
  async testhost(...args: string[]): Promise<void> {
    await command(repositoryFile("tests/testhost/testhost"), args);
  }

  /** Runs a shell command in it. */
  async run(script: string): Promise<string> {
    const args = ["run", this.name, "sh", "-c", script];
    return await command(repositoryFile("tests/testhost/testhost"), args);
  }

  /** How its cluster speaks, as its agent is told. */
  #told(): readonly string[] {
    if (!this.#isTold) return [];
    return this.clientUrl.startsWith("https:") ? this.#secret : ["--insecure-plaintext"];
  }

  /** Starts its agent, with the flags of the last time where none are given. */
  async start(...flags: string[]): Promise<void> {
    if (flags.length > 0) this.#flags = flags;
    if (contentOf(this.path(`${PLACE}/graph.yaml`)) === undefined) this.graph("first\n");
    bringEtcd(this.path(PREFIX));
    const words = [
      ...[EXECUTABLE, "run", `${PLACE}/graph.yaml`, "--prefix", PREFIX],
      ...["--client-urls", `${this.address}:2379`, "--server-urls", `${this.address}:2380`],
      ...(this.#flags.includes("--hostname") ? [] : ["--hostname", this.name]),
      ...this.#told(),
      ...this.#flags,
    ];
    // Whoever runs this must not wait for what it leaves behind.
    const script = `setsid ${words.join(" ")} </dev/null >>${PLACE}/log 2>&1 & echo $!`;
    this.#agent = (await this.run(script)).trim();
  }

  /** The same, without a word of how its cluster speaks. */
  async startUntold(): Promise<void> {
    this.#isTold = false;
    await this.start();
  }

  /** The agent's graph: a file that is healed, and one that all get. */
  graph(text: string): void {
    const lines = [
      "graph: fleet",
      "resources:",
      "  file:",
      `  - {name: own, path: ${PLACE}/own, content: "own\\n"}`,
      `  - {name: "@@of-${this.name}", path: ${PLACE}/of-${this.name}, content: ${
        JSON.stringify(text)
      }}`,
      "collect:",
      `- {kind: file, pattern: ${PLACE}/collected/}`,
    ];
    Deno.mkdirSync(this.path(`${PLACE}/collected`), { recursive: true });
    const path = this.path(`${PLACE}/graph.yaml`);
    Deno.writeTextFileSync(`${path}~`, `${lines.join("\n")}\n`);
    Deno.renameSync(`${path}~`, path);
  }

  /** Runs a command of mgmt on it, with its agent's state. */
  async mgmt(words: string): Promise<string> {
    return await this.run(`${EXECUTABLE} ${words} --prefix ${PREFIX}`);
  }

  /** What it has of another's export. */
  collected(from: FleetHost): string | undefined {
    return contentOf(this.path(`${PLACE}/collected/of-${from.name}`));
  }

  /** Removes a file and waits until it is back; says how long that took. */
  async heals(file = "own"): Promise<number> {
    const path = this.path(`${PLACE}/${file}`);
    const before = contentOf(path) ?? "own\n";
    Deno.removeSync(path);
    const start = performance.now();
    await eventually(
      () => contentOf(path) === before,
      () => `${this.name} does not heal ${file}\n${this.log}`,
    );
    return performance.now() - start;
  }

  /** Waits until its agent has said that. */
  async says(what: string | RegExp, limitMs = 60_000): Promise<void> {
    await eventually(
      () => typeof what === "string" ? this.log.includes(what) : what.test(this.log),
      () => `${this.name} does not say ${what}:\n${this.log}`,
      limitMs,
    );
  }

  /** What its agent has said. */
  get log(): string {
    return contentOf(this.path(`${PLACE}/log`)) ?? "";
  }

  /** What its agent says from now on is all that it has said. */
  forgetLog(): void {
    Deno.writeTextFileSync(this.path(`${PLACE}/log`), "");
  }

  /** The cluster that it knows. */
  get clusterId(): string | undefined {
    return JSON.parse(this.#state("state/identity.json") ?? "{}").clusterId;
  }

  /** The process of its etcd, where one was started. */
  get etcd(): string | undefined {
    const { pid } = JSON.parse(this.#state("etcd/etcd.pid") ?? "{}");
    return pid === undefined ? undefined : `${pid}`;
  }

  /** Sends a signal to its agent or its etcd. */
  async signal(whom: "agent" | "etcd", signal: string): Promise<void> {
    const pid = whom === "agent" ? this.#agent : this.etcd;
    if (pid === undefined) throw new Error(`${this.name} has no ${whom}`);
    await this.run(`kill -${signal} ${pid}`);
  }

  /** Ends its agent nicely, which ends its etcd. */
  async stop(): Promise<void> {
    await this.run(`kill ${this.#agent}; while kill -0 ${this.#agent} 2>&-; do sleep 0.1; done`);
  }

  /** Ends agent and etcd at once, and removes all that they kept. */
  async wipe(): Promise<void> {
    const pids = [this.#agent, this.etcd].filter((pid) => pid !== undefined);
    await this.run(
      `kill -9 ${
        pids.join(" ")
      } 2>&-; umount ${PREFIX}/cluster/etcd/data 2>&-; rm -rf ${PREFIX} ${PLACE}`,
    );
    this.#agent = undefined;
  }

  #state(path: string): string | undefined {
    return contentOf(this.path(`${PREFIX}/cluster/${path}`));
  }
}
