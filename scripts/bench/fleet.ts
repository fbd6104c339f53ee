/**
 * Hosts of one cluster, all on this machine: each an agent with its own prefix, ports and files.
 *
 * @module
 */

import { ensureDirSync } from "@std/fs";
import { dirname, join } from "node:path";
import type { Credentials } from "../../src/base/credentials.ts";
import { openEtcdStore } from "../../src/etcd/client/store.ts";
import { exportedValue } from "../../src/cluster/exchange/exported_value.ts";
import { exportedKey, idealSizeKey } from "../../src/cluster/store/keys.ts";
import type { Members, Store } from "../../src/cluster/store/store.ts";
import { onHttp2Break } from "../../src/os/network/http2.ts";
import { privateFiles } from "../../src/os/state/private_files.ts";
import { readTrust, TRUST_PLACE } from "../../src/trust/trust_files.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import { freePort } from "../../tests/support/free_port.ts";
import { pause, Resident } from "./processes.ts";
import type { Programs } from "./programs.ts";

const LIMIT_MS = 30_000;
const CALL = { deadlineMs: 2000 };

/** What an agent exports and what all collect: two files each, besides two of its own. */
export const OWN = ["f1", "f2"], SHARED = ["f3", "f4"];

/** A host to be. */
export interface HostOptions {
  readonly seeds?: readonly FleetHost[];
  readonly idealSize?: number;
  readonly server?: boolean;
  /** A graph in place of one that exchanges. */
  readonly graph?: string;
  /** What its file is called; absent: graph.yaml. */
  readonly graphName?: string;
  readonly more?: readonly string[];
  /** It speaks TLS; by these flags it gets its certificate at its first start. */
  readonly tls?: () => readonly string[];
}

/** One host: its agent, and what it keeps. */
export class FleetHost implements AsyncDisposable {
  readonly clientUrl: string;
  readonly peerUrl: string;
  readonly prefix: string;
  readonly files: string;
  readonly graph: string;
  #agent: Resident | undefined;
  readonly #programs: Programs;
  readonly #options: HostOptions;

  constructor(
    programs: Programs,
    readonly name: string,
    directory: string,
    options: HostOptions = {},
  ) {
    this.#programs = programs;
    this.#options = options;
    const scheme = options.tls === undefined ? "http" : "https";
    this.clientUrl = `${scheme}://127.0.0.1:${freePort()}`;
    this.peerUrl = `${scheme}://127.0.0.1:${freePort()}`;
    this.prefix = join(directory, name, "prefix");
    this.files = join(directory, name, "files");
    this.graph = join(directory, name, options.graphName ?? "graph.yaml");
    ensureDirSync(this.files);
    this.writeGraph(options.graph ?? this.exchange("first"));
  }

  /** The last of what its agent said. */
  get said(): string {
    return this.#agent?.said ?? "not started";
  }

  get agent(): Resident {
    if (this.#agent === undefined) throw new Error(`${this.name} was not started`);
    return this.#agent;
  }

  /** The graph of the first article, with something in what is exported that can be changed. */
  exchange(text: string): string {
    const file = (name: string, words: string) =>
      `  - name: "${name}"\n    path: "${join(this.files, name.replace("@@", ""))}"\n` +
      `    content: "${words}\\n"\n`;
    return `graph: exchange\nresources:\n  file:\n` +
      OWN.map((name) => file(`${name}${this.name}`, "own")).join("") +
      SHARED.map((name) => file(`@@${name}${this.name}`, text)).join("") +
      `collect:\n- kind: file\n  pattern: "${this.files}/"\n`;
  }

  /** As an editor that keeps the old file whole does it. */
  writeGraph(text: string): void {
    Deno.writeTextFileSync(`${this.graph}.new`, text);
    Deno.renameSync(`${this.graph}.new`, this.graph);
  }

  start(): number {
    const { seeds = [], idealSize, server = true, more = [], tls } = this.#options;
    const shown = tls?.() ?? [];
    const started = performance.now();
    this.#agent = new Resident(this.#programs.mgmt, [
      ...["run", "--file", this.graph, "--prefix", this.prefix, "--hostname", this.name],
      ...["--client-urls", this.clientUrl, "--server-urls", this.peerUrl],
      ...(seeds.length === 0 ? [] : ["--seeds", seeds.map((seed) => seed.clientUrl).join()]),
      ...(idealSize === undefined ? [] : ["--ideal-cluster-size", `${idealSize}`]),
      ...(server ? [] : ["--no-server"]),
      ...shown,
      ...more,
    ]);
    return started;
  }

  /** What it shows of itself. */
  get credentials(): Credentials {
    if (this.#options.tls === undefined) return "none";
    const trust = readTrust(privateFiles(join(this.prefix, TRUST_PLACE)));
    if (!trust.ok || trust.value === undefined) throw new Error(`${this.name} has no certificate`);
    return trust.value.credentials;
  }

  /** The process of its etcd; undefined: it runs none. */
  get etcdPid(): number | undefined {
    try {
      const text = Deno.readTextFileSync(join(this.prefix, "cluster/etcd/etcd.pid"));
      const { pid } = JSON.parse(text) as { pid: number };
      Deno.statSync(`/proc/${pid}`);
      return pid;
    } catch {
      return undefined;
    }
  }

  /** What this host must have, once all of `hosts` export `text`. */
  collected(hosts: readonly FleetHost[], text = "first"): Map<string, string> {
    const own = OWN.map((name) => [join(this.files, `${name}${this.name}`), "own\n"] as const);
    const shared = hosts.flatMap((host) =>
      SHARED.map((name) => [join(this.files, `${name}${host.name}`), `${text}\n`] as const)
    );
    return new Map([...own, ...shared]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent?.[Symbol.asyncDispose]();
  }
}

/** Waits until these files have that content, with the kernel's word; the time it was so. */
export async function written(files: ReadonlyMap<string, string>): Promise<number> {
  const left = new Map(files);
  const look = () => {
    for (const [path, content] of left) if (has(path, content)) left.delete(path);
    return left.size === 0;
  };
  using watcher = Deno.watchFs([...new Set([...files.keys()].map((path) => dirname(path)))]);
  const timer = setTimeout(() => watcher.close(), LIMIT_MS);
  try {
    if (look()) return performance.now();
    for await (const event of watcher) if (event.kind !== "access" && look()) break;
  } finally {
    clearTimeout(timer);
  }
  if (left.size > 0) throw new Error(`not within ${LIMIT_MS / 1000} s: ${[...left.keys()].join()}`);
  return performance.now();
}

function has(path: string, content: string): boolean {
  try {
    return Deno.readTextFileSync(path) === content;
  } catch {
    return false;
  }
}

/** Waits until `holds`; the time it was so, to a few milliseconds, or to `pauseMs`. */
export async function until(
  what: string,
  holds: () => Promise<boolean>,
  { limitMs = LIMIT_MS, pauseMs = 10 } = {},
): Promise<number> {
  const endMs = performance.now() + limitMs;
  while (!await holds()) {
    if (performance.now() > endMs) throw new Error(`not within ${limitMs / 1000} s: ${what}`);
    await pause(pauseMs);
  }
  return performance.now();
}

/** The cluster as an operator sees it. */
export class Operator implements Disposable {
  readonly #store: Store;

  constructor(hosts: readonly FleetHost[]) {
    const clientUrls = hosts.map((host) => host.clientUrl);
    const credentials = hosts[0]?.credentials ?? "none";
    this.#store = openEtcdStore({ clientUrls, credentials }, {
      clock: createLocalClock(),
      onHttp2Break,
    });
  }

  async resize(size: number): Promise<void> {
    const put = await this.#store.put(idealSizeKey(), `${size}`, CALL);
    if (!put.ok) throw new Error(put.failure.message);
  }

  /** Exports a file in the name of a host. */
  async exports(host: string, name: string, content: string): Promise<void> {
    const value = exportedValue(host, { kind: "file", name, fields: { content } });
    const put = value.ok &&
      await this.#store.put(exportedKey(host, "file", name), value.value, CALL);
    if (!put || !put.ok) throw new Error(`cannot export ${name}`);
  }

  /** The members that vote and have started. */
  async voters(): Promise<number> {
    const { members } = await this.#members();
    return members.filter((member) => !member.learner && member.name !== "").length;
  }

  /** The host whose etcd leads. */
  async leader(hosts: readonly FleetHost[]): Promise<FleetHost> {
    const { members } = await this.#members();
    const status = await this.#store.status(hosts[0]?.clientUrl ?? "", CALL);
    if (!status.ok) throw new Error(status.failure.message);
    const member = members.find(({ id }) => id === status.value.leaderId);
    const host = hosts.find(({ clientUrl }) => member?.clientUrls.includes(clientUrl));
    if (host === undefined) throw new Error("nobody knows who leads");
    return host;
  }

  async #members(): Promise<Members> {
    const members = await this.#store.members(CALL);
    return members.ok ? members.value : { clusterId: "", members: [] };
  }

  [Symbol.dispose](): void {
    this.#store.close();
  }
}
