/**
 * Exports in the name of a host, as an agent of this user would write them into a cluster of this
 * machine: with MACs, and a list of them.
 *
 * @module
 */

import { createHmac } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { exportedKey } from "../../src/cluster/store/keys.ts";
import type { TestCluster } from "./etcd.ts";

/** What one host exports into a cluster. */
export class LoopbackExports {
  readonly #cluster: TestCluster;
  readonly #host: string;
  readonly #keys = new Set<string>();
  readonly #secret = secret();
  #clusterId: Promise<string> | undefined;
  #counter = Date.now();

  constructor(cluster: TestCluster, host: string) {
    this.#cluster = cluster;
    this.#host = host;
  }

  /** Exports a file with that value; undefined: no more. */
  async file(name: string, value: string | undefined): Promise<void> {
    const key = exportedKey(this.#host, "file", name);
    if (value === undefined) this.#keys.delete(key);
    else this.#keys.add(key);
    if (value === undefined) await this.#cluster.control(["del", key]);
    else await this.#put(key, value);
    const listed = this.#mac(["mgmt export list 1", await this.#id(), ...[...this.#keys].sort()]);
    const list = JSON.stringify({ version: 1, keys: listed });
    await this.#put(`/_mgmt/exported/${this.#host}/list`, list);
  }

  async #put(key: string, body: string): Promise<void> {
    const counter = ++this.#counter;
    const mac = this.#mac(["mgmt export 1", await this.#id(), key, counter], body);
    const value = `${body.slice(0, -1)},"counter":${counter},"mac":"${mac}"}`;
    await this.#cluster.control(["put", key, value]);
  }

  #mac(about: readonly unknown[], body?: string): string {
    const text = JSON.stringify(about) + (body === undefined ? "" : `\n${body}`);
    return createHmac("sha256", this.#secret).update(text).digest("hex");
  }

  #id(): Promise<string> {
    return this.#clusterId ??= this.#cluster.control(["member", "list", "-w", "json", "--hex"])
      .then((text) => /"cluster_id":"?([0-9a-f]+)/.exec(text)?.[1] ?? "");
  }
}

/** The secret of this user's agents, made where there is none. */
function secret(): string {
  const state = Deno.uid() === 0
    ? "/var/lib/mgmt"
    : join(Deno.env.get("XDG_STATE_HOME") ?? `${Deno.env.get("HOME")}/.local/state`, "mgmt");
  const path = join(state, "loopback.key");
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const digits = crypto.getRandomValues(new Uint8Array(32));
  try {
    const text = Array.from(digits, (byte) => byte.toString(16).padStart(2, "0")).join("");
    writeFileSync(path, text, { flag: "wx", mode: 0o600 });
  } catch {
    // Some agent, or test, was first.
  }
  return readFileSync(path, "utf8");
}
