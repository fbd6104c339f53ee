/**
 * Networks of tests' own, for whoever is root: nothing of them is seen from outside.
 *
 * @module
 */

import { freePort } from "./free_port.ts";
import { shell } from "./program.ts";
import { isSoon } from "./polling.ts";

/** Whether this user may make them. */
export const CAN_HAVE_NETWORKS = Deno.uid() === 0 &&
  new Deno.Command("unshare", { args: ["--net", "true"], stderr: "null" }).outputSync().success;

/** One network: at first without anything that is up, not even loopback. */
export class NetworkNamespace implements AsyncDisposable {
  readonly #holder: Deno.ChildProcess;

  private constructor(holder: Deno.ChildProcess) {
    this.#holder = holder;
  }

  /** Makes one, which is there as long as it is not disposed of. */
  static async make(): Promise<NetworkNamespace> {
    const holder = new Deno.Command("setpriv", {
      args: ["--pdeathsig", "KILL", "unshare", "--net", "sleep", "infinity"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const own = Deno.readLinkSync("/proc/self/ns/net");
    const isOther = () => Deno.readLinkSync(`/proc/${holder.pid}/ns/net`) !== own;
    if (!await isSoon(isOther, 30_000)) throw new Error("no network of its own");
    return new NetworkNamespace(holder);
  }

  /** The command that runs another one in it. */
  get through(): readonly string[] {
    return ["nsenter", "--net", "--target", `${this.#holder.pid}`];
  }

  /** Brings loopback up, with ::1 for its only address. */
  async onlyIpv6(): Promise<void> {
    const said = await shell(
      `${this.through.join(" ")} sh -c 'ip link set lo up && ip addr del 127.0.0.1/8 dev lo'`,
    );
    if (said !== "") throw new Error(said);
  }

  /** Brings loopback up, with one more address, which is not one of loopback's. */
  async withAddress(address: string): Promise<void> {
    const said = await shell(
      `${this.through.join(" ")} sh -c 'ip link set lo up && ip addr add ${address}/32 dev lo'`,
    );
    if (said !== "") throw new Error(said);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#holder.kill("SIGKILL");
    await this.#holder.status;
  }
}

/** An address that only IPv6 reaches, at a port that nobody uses. */
export function freeIpv6Place(): string {
  return `[::1]:${freePort()}`;
}
