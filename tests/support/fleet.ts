/**
 * Test hosts with a network of their own, an agent in each, for faults that only whole hosts have.
 *
 * @module
 */

import { fail } from "@std/assert";
import { dirname, join } from "node:path";
import { privateFiles } from "../../src/os/state/private_files.ts";
import { takeServerRole } from "../../src/trust/make_trust.ts";
import { readSecret } from "../../src/trust/pem.ts";
import { etcdPrograms, eventually } from "./etcd.ts";
import { certificatesIn, FleetHost } from "./fleet_host.ts";
import { EXECUTABLE, repositoryFile } from "./program.ts";
import { RANDOM } from "./trust.ts";
import { unwrap } from "./unwrap.ts";
import { Writer } from "./writer.ts";

/** The network namespace in which `testhost` keeps the bridge. */
export const NETWORK = "testhost";

/** How long the cluster may take to come to rest, on a slow machine. */
const REST_MS = 120_000;

/** Asking etcd takes 30 ms of a core, and what is waited for takes seconds. */
const PAUSE_MS = 400;

/** A member, as etcd lists it. */
export interface FleetMember {
  readonly id: string;
  /** The host it was named after; empty: it has not started. */
  readonly host: string;
  readonly learner: boolean;
}

let fleets = 0;

/** How the hosts of a fleet speak to each other. */
export type FleetSpeech = "plain" | "tls";

/** What the tests of faults use: MGMT_FLEET says it for all (`plain`, `tls`), else each file has its own. */
export function speechOr(usual: FleetSpeech): FleetSpeech {
  const said = Deno.env.get("MGMT_FLEET");
  return said === "plain" || said === "tls" ? said : usual;
}

/** Hosts that are up until it is disposed of. */
export class Fleet implements AsyncDisposable {
  readonly hosts: readonly FleetHost[];
  readonly #bridge: string;
  #writer: Writer | undefined;
  #secret = "";
  /** What etcdctl shows, also before there is a cluster; undefined: what a host has. */
  #shown: readonly string[] | undefined;
  /** Whoever runs this for too long is ended by force, and hosts must not outlive it. */
  readonly #ends = () => void this[Symbol.asyncDispose]().then(() => Deno.exit(1));

  private constructor(size: number, speech: FleetSpeech) {
    const number = (Deno.pid + 83 * fleets++) % 16_000;
    const name = `f${Deno.pid % 100_000}`;
    // Others may have hosts at the same time.
    const network = `10.${64 + Math.floor(number / 250)}.${number % 250}`;
    this.#bridge = `${network}.254/24`;
    this.hosts = Array.from({ length: size }, (_, index) => {
      const host = `${name}${"abcdefgh"[index]}`;
      return new FleetHost(host, `${network}.${index + 1}`, speech);
    });
  }

  /** Boots so many. */
  static async boot(size: number, speech: FleetSpeech = speechOr("plain")): Promise<Fleet> {
    const fleet = new Fleet(size, speech);
    Deno.addSignalListener("SIGTERM", fleet.#ends);
    try {
      const up = (host: FleetHost) => host.testhost("up", host.name, `${host.address}/24`);
      await all(fleet.hosts, up);
      // From the bridge everybody can be asked, and written to.
      await command("ip", ["-n", NETWORK, "addr", "add", fleet.#bridge, "dev", "br0"]);
      if (speech === "tls") await fleet.#shareSecret();
    } catch (error) {
      await fleet[Symbol.asyncDispose]();
      throw error;
    }
    return fleet;
  }

  /** Makes the secret of their cluster, and brings it to each. */
  async #shareSecret(): Promise<void> {
    this.#secret = await command(EXECUTABLE, ["cluster", "secret"]);
    const place = await Deno.makeTempDir({ prefix: "mgmt-fleet-" });
    this.#shown = certificatesIn(place);
    unwrap(await takeServerRole(privateFiles(place), unwrap(readSecret(this.#secret)), RANDOM));
    for (const host of this.hosts) this.bringSecret(host);
  }

  /** Brings that host the secret again. */
  bringSecret(host: FleetHost): void {
    host.bring(this.#secret);
  }

  /** The client URLs of these hosts, or of all. */
  urls(hosts: readonly FleetHost[] = this.hosts): string {
    return hosts.map(({ clientUrl }) => clientUrl).join();
  }

  /** The same as people write them, without a scheme. */
  addresses(hosts: readonly FleetHost[] = this.hosts): string {
    return hosts.map(({ address }) => `${address}:2379`).join();
  }

  /** Starts agents that know all of these hosts. */
  async start(hosts: readonly FleetHost[], ...flags: string[]): Promise<void> {
    const known = ["--seeds", this.addresses(hosts)];
    await Promise.all(hosts.map((host) => host.start(...known, ...flags)));
  }

  /** Asks the etcd of one host after the other until one answers well. */
  async etcdctl(...args: string[]): Promise<string> {
    let failed: unknown;
    for (let count = 0; count < 30; count++) {
      for (const host of this.hosts) {
        try {
          return await this.etcdctlAt([host], ...args);
        } catch (error) {
          failed = error; // no etcd, or a learner, or cut off
        }
      }
    }
    throw failed;
  }

  /** The same, of these hosts only. */
  async etcdctlAt(hosts: readonly FleetHost[], ...args: string[]): Promise<string> {
    const flags = ["--command-timeout=3s", "--dial-timeout=1s"];
    const line = [...this.#etcdctl(hosts), ...flags, ...args];
    return await command("ip", ["netns", "exec", NETWORK, ...line]);
  }

  #etcdctl(hosts: readonly FleetHost[]): string[] {
    const program = join(etcdPrograms(), "etcdctl");
    const shown = this.#shown ??
      this.hosts.map((host) => host.certificates).find((flags) => flags !== undefined);
    return [program, "--endpoints", this.urls(hosts), ...shown ?? []];
  }

  /** Who is a member; empty while nobody says. */
  async members(hosts = this.hosts): Promise<FleetMember[]> {
    for (const host of hosts) {
      try {
        return readMembers(await this.etcdctlAt([host], "member", "list"));
      } catch {
        // Without etcd, a learner, or cut off: the next one may know.
      }
    }
    return [];
  }

  /** Waits until these hosts, and no others, are members that vote, and all of them answer. */
  async voters(wanted: readonly FleetHost[], asked = this.hosts): Promise<void> {
    for (const host of wanted) {
      const answers = () => this.etcdctlAt([host], "get", "/").then(() => true, () => false);
      await comes(answers, () => `no etcd at ${host.name}\n${this.said()}`);
    }
    const names = wanted.map(({ name }) => name).sort().join();
    await this.#rests(
      `voters ${names}`,
      asked,
      (members) =>
        members.every(({ learner }) => !learner) &&
        members.map(({ host }) => host).sort().join() === names,
    );
  }

  /** Waits until so many members vote, and nobody is a learner. */
  async voterCount(wanted: number, asked = this.hosts): Promise<void> {
    await this.#rests(`${wanted} voters`, asked, (members) =>
      members.length === wanted &&
      members.every(({ host, learner }) => host !== "" && !learner));
  }

  /** Which members there are: a fault that passes changes none of them. */
  async memberIds(): Promise<string> {
    let ids = "";
    const known = async () => {
      ids = (await this.members()).map(({ id }) => id).sort().join();
      return ids !== "";
    };
    await comes(known, () => `nobody says who is a member\n${this.said()}`);
    return ids;
  }

  async #rests(
    what: string,
    asked: readonly FleetHost[],
    holds: (members: readonly FleetMember[]) => boolean,
  ): Promise<void> {
    let members: readonly FleetMember[] = [];
    const question = async () => holds(members = await this.members(asked));
    await comes(question, () => `not ${what}, but ${JSON.stringify(members)}\n${this.said()}`);
  }

  /** Who leads etcd. */
  async leader(asked = this.hosts): Promise<FleetHost> {
    let found: FleetHost | undefined;
    const question = async () => {
      for (const host of asked) {
        const text = await this.etcdctlAt([host], "endpoint", "status", "-w", "json")
          .catch(() => "[]");
        const [one] = JSON.parse(text) as { Status: Record<string, unknown> }[];
        const id = (one?.Status["header"] as { member_id?: unknown } | undefined)?.member_id;
        if (id === undefined || id !== one?.Status["leader"]) continue;
        found = host;
        return true;
      }
      return false;
    };
    await comes(question, () => `nobody leads\n${this.said()}`);
    return found!;
  }

  /** Whose agent decides about the cluster. */
  async decider(): Promise<FleetHost> {
    let found: FleetHost | undefined;
    const question = async () => {
      const text = await this.etcdctl("get", "/_mgmt/ctl/leader", "--print-value-only");
      const name = text.trim() === "" ? undefined : JSON.parse(text).host;
      return (found = this.hosts.find((host) => host.name === name)) !== undefined;
    };
    await comes(question, () => `nobody decides\n${this.said()}`);
    return found!;
  }

  /** Waits until these count as silent: the leases of their agents are over. */
  async silent(...hosts: readonly FleetHost[]): Promise<void> {
    const live = (host: FleetHost) =>
      this.etcdctl("get", "--keys-only", `/_mgmt/live/${host.name}`).catch(() => host.name);
    await comes(
      async () => (await Promise.all(hosts.map(live))).join("").trim() === "",
      () => `${hosts.map(({ name }) => name)} do not fall silent\n${this.said()}`,
    );
  }

  /** A new text from one host comes to all of these. */
  async exchange(from: FleetHost, to: readonly FleetHost[] = this.hosts): Promise<void> {
    const text = `${crypto.randomUUID()}\n`;
    from.graph(text);
    const missing = () => to.filter((host) => host.collected(from) !== text);
    await eventually(
      () => missing().length === 0,
      () => `${from.name} says ${text}not at ${missing().map(({ name }) => name)}\n${this.said()}`,
      REST_MS,
    );
  }

  /** A new text of each comes to all. */
  async exchangeAll(hosts: readonly FleetHost[] = this.hosts): Promise<void> {
    for (const host of hosts) await this.exchange(host, hosts);
  }

  /** The clusters that these hosts know of: one, where all is well. */
  clusters(hosts = this.hosts): string[] {
    return [...new Set(hosts.map((host) => host.clusterId ?? "none"))];
  }

  /** Writes numbers until it is asked what was acknowledged. */
  write(): Writer {
    return this.#writer = new Writer(NETWORK, this.#etcdctl(this.hosts));
  }

  /** Ends the writer: every number that was acknowledged is there. */
  async nothingLost(): Promise<void> {
    const writer = this.#writer;
    if (writer === undefined) throw new Error("nothing was written");
    this.#writer = undefined;
    const written = await writer.stop();
    const text = await this.etcdctl("get", "--prefix", "/numbers/", "--print-value-only");
    const there = new Set(text.trim().split("\n"));
    const lost = written.filter((number) => !there.has(number));
    if (written.length === 0) fail(`nothing was acknowledged\n${this.said()}`);
    if (lost.length > 0) fail(`acknowledged and lost: ${lost}\n${this.said()}`);
  }

  /** Nothing is left of the agents and what they kept. */
  async wipe(): Promise<void> {
    await this.#writer?.stop();
    this.#writer = undefined;
    await Promise.all(this.hosts.map((host) => host.wipe()));
  }

  /** What the agents said last. */
  said(): string {
    return this.hosts.map(({ name, log }) => {
      const lines = log.split("\n").filter((line) => /Cluster:|Warning:|Error/.test(line)).slice(
        -20,
      );
      return `--- ${name}\n${lines.join("\n")}`;
    }).join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    Deno.removeSignalListener("SIGTERM", this.#ends);
    await this.#writer?.stop();
    await all(this.hosts, (host) => host.testhost("down", host.name));
    await command("ip", ["-n", NETWORK, "addr", "del", this.#bridge, "dev", "br0"]).catch(() => {});
    const [, ca = ""] = this.#shown ?? [];
    if (ca !== "") await Deno.remove(dirname(ca), { recursive: true });
  }
}

/** The same with all hosts at a time; one that fails leaves no other half done. */
export async function all(
  hosts: readonly FleetHost[],
  act: (host: FleetHost) => Promise<void>,
): Promise<void> {
  const done = await Promise.allSettled(hosts.map(act));
  for (const each of done) if (each.status === "rejected") throw each.reason;
}

/** Waits until a question to etcd is answered with yes. */
async function comes(question: () => Promise<boolean>, otherwise: () => string): Promise<void> {
  const endMs = performance.now() + REST_MS;
  while (!await question()) {
    if (performance.now() > endMs) fail(otherwise());
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function readMembers(text: string): FleetMember[] {
  return text.trim().split("\n").map((line) => {
    const [id = "", _state, name = "", _peers, _clients, learner] = line.split(", ");
    return { id, host: name.replace(/-[0-9a-f]{8}$/, ""), learner: learner === "true" };
  });
}

/** Runs a program to its end; throws where it fails. */
export async function command(program: string, args: readonly string[]): Promise<string> {
  const env = { TESTHOST_SHOW: repositoryFile("dist") };
  const output = await new Deno.Command(program, { args: [...args], env, stdin: "null" }).output();
  const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) =>
    new TextDecoder().decode(bytes)
  );
  if (!output.success) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
  return stdout!;
}
