/**
 * Real etcd for tests: on ports of the loopback address, in a temporary directory, and gone at the end
 * of the test, or of its process.
 *
 * @module
 */

import { fail } from "@std/assert";
import { join } from "node:path";
import { freePort } from "./free_port.ts";
import { isSoon } from "./polling.ts";

const REPOSITORY = join(import.meta.dirname ?? ".", "../..");

let programs: string | undefined;

/** The directory with `etcd` and `etcdctl`; the first time on a machine they are built. */
export function etcdPrograms(): string {
  if (programs === undefined) {
    const { success, stdout, stderr } = new Deno.Command(join(REPOSITORY, "scripts/etcd"))
      .outputSync();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    programs = new TextDecoder().decode(stdout).trim();
  }
  return programs;
}

/** A loopback URL that nobody uses now. */
export function freeUrl(): string {
  return `http://127.0.0.1:${freePort()}`;
}

/** One member of a cluster under test. */
export class TestEtcd {
  readonly name: string;
  readonly clientUrl = freeUrl();
  readonly peerUrl = freeUrl();
  readonly directory: string;
  readonly #flags: readonly string[];
  #child: Deno.ChildProcess | undefined;

  constructor(name: string, directory: string, flags: readonly string[] = []) {
    this.name = name;
    this.directory = join(directory, name);
    this.#flags = flags;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** The last lines of its log. */
  get log(): string {
    return Deno.readTextFileSync(`${this.directory}.log`).split("\n").slice(-10).join("\n");
  }

  /** Starts it; `initialCluster` counts only while it has no data. */
  start(initialCluster: string, state: "new" | "existing" = "new"): void {
    const args = [
      // Whatever ends the test ends it, too.
      ...["--pdeathsig", "KILL", join(etcdPrograms(), "etcd")],
      ...["--name", this.name, "--data-dir", this.directory],
      ...["--listen-client-urls", this.clientUrl, "--advertise-client-urls", this.clientUrl],
      ...["--listen-peer-urls", this.peerUrl, "--initial-advertise-peer-urls", this.peerUrl],
      ...["--initial-cluster", initialCluster, "--initial-cluster-state", state],
      ...["--max-learners", "2", "--log-outputs", `${this.directory}.log`],
      ...["--heartbeat-interval", "50", "--election-timeout", "500", "--unsafe-no-fsync"],
      ...["--grpc-keepalive-min-time", "2s"],
      ...this.#flags,
    ];
    this.#child = new Deno.Command("setpriv", {
      args,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** Waits until it serves clients, which takes a majority. */
  async healthy(): Promise<void> {
    await eventually(() => this.#isHealthy(), () => `${this.name} is not healthy:\n${this.log}`);
  }

  async #isHealthy(): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(1000);
      const response = await fetch(`${this.clientUrl}/health`, { signal });
      return (await response.json()).health === "true";
    } catch {
      return false;
    }
  }

  signal(signal: Deno.Signal): void {
    this.#child?.kill(signal);
  }

  /** Ends it with SIGKILL; its data stay. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    child.kill("SIGKILL");
    await child.status;
  }
}

/** Members of one cluster that run until it is disposed of. */
export class TestCluster implements AsyncDisposable {
  readonly directory = Deno.makeTempDirSync({ prefix: "mgmt-etcd-" });
  readonly members: TestEtcd[];

  constructor(size: number, flags: readonly string[] = []) {
    this.members = Array.from(
      { length: size },
      (_, index) => new TestEtcd(`m${index + 1}`, this.directory, flags),
    );
  }

  /** A running cluster. */
  static async start(size: number, flags: readonly string[] = []): Promise<TestCluster> {
    const cluster = new TestCluster(size, flags);
    for (const member of cluster.members) member.start(cluster.initial());
    await Promise.all(cluster.members.map((member) => member.healthy()));
    return cluster;
  }

  /** One more member, which does not run yet. */
  add(name: string): TestEtcd {
    const member = new TestEtcd(name, this.directory);
    this.members.push(member);
    return member;
  }

  get clientUrls(): string[] {
    return this.members.map(({ clientUrl }) => clientUrl);
  }

  /** The members as etcd's flag names them. */
  initial(): string {
    return this.members.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join();
  }

  /** Runs etcdctl on the first member that runs, or on the one given. */
  async control(args: readonly string[], member?: TestEtcd): Promise<string> {
    const asked = member ?? this.members.find(({ pid }) => pid !== 0);
    const { stdout, stderr, success } = await new Deno.Command(join(etcdPrograms(), "etcdctl"), {
      args: ["--endpoints", asked?.clientUrl ?? "", ...args],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout).trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.members.map((member) => member.kill()));
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** Waits until a question is answered with yes. */
export async function eventually(
  question: () => boolean | Promise<boolean>,
  otherwise: () => string,
  limitMs = 60_000,
): Promise<void> {
  if (!await isSoon(question, limitMs)) fail(otherwise());
}
