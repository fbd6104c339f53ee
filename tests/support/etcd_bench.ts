/**
 * Runners of real etcd in a directory of their own, and what they were told.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { EtcdStart } from "../../src/etcd/server/flags.ts";
import { EtcdRunner } from "../../src/etcd/server/runner.ts";
import { createLocalHost } from "../../src/host/local.ts";
import { isAlive, type ProcessEntry, readProcess } from "../../src/os/process/table.ts";
import { etcdPrograms, freeUrl } from "./etcd.ts";
import { within } from "./program.ts";
import { textOf } from "./cluster_news.ts";
import { at } from "./address.ts";
import type { TlsFiles } from "./tls_files.ts";

/** One place for an etcd, with any number of agents one after the other. */
export class EtcdBench implements AsyncDisposable {
  readonly directory: string;
  readonly clientUrl: string;
  readonly peerUrl: string;
  /** `runs NAME`, `ended NAME END MESSAGE`, `warns TEXT`, `says TEXT`. */
  readonly told: string[] = [];
  /** What is done at once when one of these is told. */
  onTold: (line: string) => void = () => {};
  readonly #host = createLocalHost({ prefix: undefined, warn: () => {} });
  readonly #runners: EtcdRunner[] = [];
  readonly #seen: ProcessEntry[] = [];

  readonly #tls: TlsFiles | undefined;

  /** `tls`: etcd speaks that alone, with these. */
  constructor(directory = Deno.makeTempDirSync({ prefix: "mgmt-runner-" }), tls?: TlsFiles) {
    this.directory = directory;
    this.#tls = tls;
    const scheme = tls === undefined ? "http" : "https";
    this.clientUrl = freeUrl(scheme);
    this.peerUrl = freeUrl(scheme);
    const path = Deno.env.get("PATH") ?? "";
    if (!path.startsWith(etcdPrograms())) Deno.env.set("PATH", `${etcdPrograms()}:${path}`);
  }

  /** `local`: addresses of clients that it listens at besides, and tells nobody. */
  runner(local: readonly string[] = []): EtcdRunner {
    const { clock, network, processes } = this.#host;
    const runner = new EtcdRunner({
      directory: this.directory,
      clientUrls: [this.clientUrl],
      peerUrls: [this.peerUrl],
      listenClients: [this.clientUrl, ...local].map(at),
      listenPeers: [at(this.peerUrl)],
      credentials: this.#tls?.client() ?? "none",
      member: this.#tls?.member ?? "none",
      ...{ clock, network, processes },
      listener: {
        runs: (name) => this.#tell(`runs ${name}`),
        ended: (name, end, message) => this.#tell(`ended ${name} ${end} ${message}`),
      },
      tell: (news) =>
        this.told.push(`${news.what === "trouble" ? "warns" : "says"} ${textOf(news)}`),
    });
    this.#runners.push(runner);
    return runner;
  }

  #tell(line: string): void {
    this.told.push(line);
    this.onTold(line);
  }

  start(name: string, state: EtcdStart["state"] = "new"): EtcdStart {
    return { name, state, initialCluster: [{ name, url: this.peerUrl }] };
  }

  async hears(what: string | RegExp, withinMs = 30_000): Promise<void> {
    const has = () =>
      this.told.some((line) => typeof what === "string" ? line.startsWith(what) : what.test(line));
    await within(withinMs, has, () => `nothing of ${what} in:\n${this.told.join("\n")}`);
    this.entry();
  }

  /** The process that is written down. */
  entry(): ProcessEntry | undefined {
    try {
      const { pid } = JSON.parse(Deno.readTextFileSync(`${this.directory}/etcd.pid`));
      const entry = readProcess(pid);
      if (entry !== undefined) this.#seen.push(entry);
      return entry;
    } catch {
      return undefined;
    }
  }

  /** The process that is written down and runs. */
  running(): ProcessEntry {
    const entry = this.entry();
    assert(entry !== undefined && isAlive(entry), "no etcd runs");
    return entry;
  }

  /** Puts a script in the place of etcd, which says its version and does `what`. */
  async withProgram(what: string, run: () => Promise<void>): Promise<void> {
    const program = `${this.directory}/etcd`;
    const says = 'if [ "$1" = --version ]; then echo etcd Version: 3.6.16; exit; fi';
    Deno.writeTextFileSync(program, `#!/bin/sh\n${says}\n${what}\n`);
    Deno.chmodSync(program, 0o755);
    const path = Deno.env.get("PATH")!;
    Deno.env.set("PATH", this.directory);
    try {
      await run();
    } finally {
      Deno.env.set("PATH", path);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.entry();
    for (const entry of this.#seen) {
      if (isAlive(entry)) Deno.kill(entry.pid, "SIGKILL");
    }
    await Promise.all(this.#runners.map((runner) => runner.close()));
    await this.#host.close();
    await Deno.remove(this.directory, { recursive: true });
  }
}
