/**
 * An etcd that speaks TLS alone, to clients and to members, with certificates of a given authority.
 *
 * @module
 */

import { join } from "node:path";
import type { CertifiedKey } from "../../src/trust/pem.ts";
import { etcdPrograms, eventually } from "./etcd.ts";
import { freePort } from "./free_port.ts";

/** What such a member is started with. */
export interface TlsMaterial {
  readonly ca: string;
  readonly server: CertifiedKey;
  readonly peer: CertifiedKey;
}

/** Writes a certificate and its key beside each other; gives the flags that openssl and etcdctl want. */
export function writePair(directory: string, name: string, pair: CertifiedKey): string[] {
  Deno.writeTextFileSync(join(directory, `${name}.pem`), pair.cert);
  Deno.writeTextFileSync(join(directory, `${name}.key`), pair.key);
  return ["--cert", join(directory, `${name}.pem`), "--key", join(directory, `${name}.key`)];
}

/** One member that runs until it is disposed of. */
export class TlsEtcd implements AsyncDisposable {
  readonly clientUrl = `https://127.0.0.1:${freePort()}`;
  readonly peerUrl = `https://127.0.0.1:${freePort()}`;
  readonly name: string;
  readonly #directory: string;
  #child: Deno.ChildProcess | undefined;

  constructor(name: string, directory: string, material: TlsMaterial) {
    this.name = name;
    this.#directory = join(directory, name);
    Deno.mkdirSync(this.#directory);
    Deno.writeTextFileSync(join(this.#directory, "ca.pem"), material.ca);
    writePair(this.#directory, "server", material.server);
    writePair(this.#directory, "peer", material.peer);
  }

  /** The whole log so far. */
  get log(): string {
    return Deno.readTextFileSync(join(this.#directory, "log"));
  }

  /** Starts it as one of the members of a new cluster. */
  start(members: readonly TlsEtcd[] = [this], flags: readonly string[] = []): void {
    const place = (name: string) => join(this.#directory, name);
    const args = [
      ...["--pdeathsig", "KILL", join(etcdPrograms(), "etcd"), "--name", this.name],
      ...["--data-dir", place("data"), "--log-outputs", place("log"), "--unsafe-no-fsync"],
      ...["--listen-client-urls", this.clientUrl, "--advertise-client-urls", this.clientUrl],
      ...["--listen-peer-urls", this.peerUrl, "--initial-advertise-peer-urls", this.peerUrl],
      ...["--initial-cluster", members.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join()],
      ...["--client-cert-auth", "--trusted-ca-file", place("ca.pem")],
      ...["--cert-file", place("server.pem"), "--key-file", place("server.key")],
      ...["--peer-client-cert-auth", "--peer-trusted-ca-file", place("ca.pem")],
      ...["--peer-cert-file", place("peer.pem"), "--peer-key-file", place("peer.key")],
      ...["--peer-cert-allowed-cn", "mgmt-peer", "--enable-grpc-gateway=false"],
      ...flags,
    ];
    this.#child = new Deno.Command("setpriv", {
      args,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** Waits until it serves whoever shows that certificate. */
  async healthy(shown: readonly string[]): Promise<void> {
    const isHealthy = async () => (await this.control(["get", "x"], shown)).code === 0;
    await eventually(isHealthy, () => `${this.name} is not healthy:\n${this.log.slice(-2000)}`);
  }

  /** Runs etcdctl on it. */
  async control(
    args: readonly string[],
    shown: readonly string[] = [],
  ): Promise<{ code: number; stdout: string; stderr: string }> {
    const output = await new Deno.Command(join(etcdPrograms(), "etcdctl"), {
      args: [
        ...["--endpoints", this.clientUrl, "--cacert", join(this.#directory, "ca.pem")],
        ...["--dial-timeout", "2s", "--command-timeout", "3s", ...shown, ...args],
      ],
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
    return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.status;
  }
}
