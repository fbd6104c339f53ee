/**
 * Real etcd for tests: on ports of the loopback address, in a temporary directory, and gone at the end
 * of the test, or of its process.
 *
 * @module
 */

import { fail } from "@std/assert";
import { join } from "node:path";
import { tlsFlags } from "../../src/etcd/server/flags.ts";
import { etcdPrograms } from "./etcd_programs.ts";
import { freePort } from "./free_port.ts";
import { isSoon } from "./polling.ts";
import type { TlsFiles } from "./tls_files.ts";

export { etcdPrograms } from "./etcd_programs.ts";

/** A loopback URL that nobody uses now. */
export function freeUrl(scheme: "http" | "https" = "http"): string {
  return `${scheme}://127.0.0.1:${freePort()}`;
}

/** How members are started, besides what all have. */
export interface TestEtcdOptions {
  /** They are called as mgmt calls the etcds that it runs, and not as those that others run. */
  readonly asOurs?: boolean;
  readonly flags?: readonly string[];
  /** They speak TLS alone, with these. */
  readonly tls?: TlsFiles | undefined;
}

/** One member of a cluster under test. */
export class TestEtcd {
  readonly name: string;
  readonly clientUrl: string;
  readonly peerUrl: string;
  readonly directory: string;
  readonly #flags: readonly string[];
  readonly #tls: TlsFiles | undefined;
  #child: Deno.ChildProcess | undefined;

  constructor(name: string, directory: string, { flags = [], tls }: TestEtcdOptions = {}) {
    this.name = name;
    this.directory = join(directory, name);
    this.#flags = tls === undefined ? flags : [...flags, ...tlsFlags(tls.member)];
    this.#tls = tls;
    const scheme = tls === undefined ? "http" : "https";
    this.clientUrl = freeUrl(scheme);
    this.peerUrl = freeUrl(scheme);
  }

  /** What etcdctl is to show there, as its flags. */
  get shown(): readonly string[] {
    if (this.#tls === undefined) return [];
    const { ca, cert, key } = this.#tls.client();
    return ["--cacert", ca.path, "--cert", cert.path, "--key", key.path];
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
    const { ca, cert, key } = this.#tls?.client() ?? {};
    using client = Deno.createHttpClient(
      ca === undefined ? {} : { caCerts: [ca.text], cert: cert!.text, key: key!.text },
    );
    try {
      const signal = AbortSignal.timeout(1000);
      const response = await fetch(`${this.clientUrl}/health`, { signal, client });
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

function nameOf(number: number, { asOurs = false }: TestEtcdOptions): string {
  return asOurs ? `h${number}-${number.toString(16).padStart(8, "0")}` : `m${number}`;
}

/** Members of one cluster that run until it is disposed of. */
export class TestCluster implements AsyncDisposable {
  readonly directory = Deno.makeTempDirSync({ prefix: "mgmt-etcd-" });
  readonly members: TestEtcd[];
  readonly #tls: TlsFiles | undefined;

  constructor(size: number, options: TestEtcdOptions = {}) {
    this.#tls = options.tls;
    this.members = Array.from(
      { length: size },
      (_, index) => new TestEtcd(nameOf(index + 1, options), this.directory, options),
    );
  }

  /** A running cluster. */
  static async start(size: number, options: TestEtcdOptions = {}): Promise<TestCluster> {
    const cluster = new TestCluster(size, options);
    for (const member of cluster.members) member.start(cluster.initial());
    await Promise.all(cluster.members.map((member) => member.healthy()));
    return cluster;
  }

  /** One more member, which does not run yet. */
  add(name: string): TestEtcd {
    const member = new TestEtcd(name, this.directory, { tls: this.#tls });
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
      args: ["--endpoints", asked?.clientUrl ?? "", ...asked?.shown ?? [], ...args],
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
