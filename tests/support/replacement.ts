/**
 * Three hosts of a plain cluster that other machines reach, whose executable is replaced one host after the
 * other, while each of them writes a number again and again which the others collect.
 *
 * @module
 */

import { join } from "node:path";
import { eventually } from "./etcd.ts";
import { NetworkNamespace } from "./network_namespace.ts";
import { contentOf, type Ended, mgmt, Program, shell } from "./program.ts";

/** What a host is started with, by its executable. */
export interface Release {
  /** The path of the executable; absent: the one under test. */
  readonly executable?: string;
  readonly flags?: readonly string[];
  /** It is named no addresses of its own. */
  readonly unaddressed?: true;
}

/** How long the others waited for a number of a host, at most, in milliseconds. */
export type Gaps = ReadonlyMap<string, number>;

const HOSTS = ["h1", "h2", "h3"] as const;
const CLIENTS = 2379, SERVERS = 2380;
/** Between two numbers, and between two looks at what has arrived. */
const WRITE_MS = 500, LOOK_MS = 50;

/** The three hosts, on one machine with a network of its own. */
export class Replacement implements AsyncDisposable {
  readonly directory: string;
  readonly #network: NetworkNamespace;
  readonly #agents = new Map<string, Program>();
  readonly #gaps = new Map<string, number>();
  #number = 0;
  #replaced: string | undefined;
  #isOver = false;
  #working: readonly Promise<void>[] = [];

  private constructor(directory: string, network: NetworkNamespace) {
    this.directory = directory;
    this.#network = network;
  }

  /** Starts all three, and waits until they exchange. */
  static async start(release: Release): Promise<Replacement> {
    const network = await NetworkNamespace.make();
    for (const host of HOSTS) await network.withAddress(addressOf(host));
    const directory = await Deno.makeTempDir({ prefix: "mgmt-replaced-" });
    const hosts = new Replacement(directory, network);
    hosts.#write();
    for (const host of HOSTS) hosts.#start(host, release);
    await hosts.#allAre("voter");
    await hosts.#exchange();
    hosts.#working = [hosts.#writing(), ...HOSTS.map((host) => hosts.#looking(host))];
    return hosts;
  }

  /** The longest waits so far. */
  get gaps(): Gaps {
    return this.#gaps;
  }

  /** What that host has said since it was started last. */
  said(host: string): string {
    return this.#agents.get(host)?.stderr ?? "";
  }

  /** Where a host keeps its state. */
  prefix(host: string): string {
    return join(this.directory, host);
  }

  /** Runs a command with the executable under test. */
  command(host: string, ...words: readonly string[]): Promise<Ended> {
    return mgmt([...words, "--prefix", this.prefix(host)], { through: this.#network.through });
  }

  /** Ends one host, and starts it with another executable; `meanwhile` happens in between. */
  async replace(
    host: string,
    release: Release,
    meanwhile: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    this.#replaced = host;
    await this.#agents.get(host)?.interrupt();
    await meanwhile();
    await this.#arrives(HOSTS.filter((other) => other !== host));
    this.#start(host, release);
    await this.#arrives(HOSTS.filter((other) => other !== host));
    await this.#allAre("voter");
    await this.#exchange();
    this.#replaced = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#working);
    await Promise.all([...this.#agents.values()].map((agent) => agent.interrupt()));
    await this.#network[Symbol.asyncDispose]();
    await Deno.remove(this.directory, { recursive: true });
  }

  #start(host: string, { executable, flags = [], unaddressed }: Release): void {
    const { through } = this.#network;
    // Takes the place of the executable that is under test.
    const other = ["sh", "-c", 'shift; exec "$0" "$@"', executable ?? ""];
    const seeds = HOSTS.map((each) => `${addressOf(each)}:${CLIENTS}`).join();
    const addresses = [
      ...["--client-urls", `${addressOf(host)}:${CLIENTS}`],
      ...["--server-urls", `${addressOf(host)}:${SERVERS}`],
    ];
    const agent = new Program([
      ...["run", this.#graph(host), "--prefix", this.prefix(host), "--hostname", host],
      ...["--seeds", seeds, ...(unaddressed === true ? [] : addresses), ...flags],
    ], { through: executable === undefined ? through : [...through, ...other] });
    this.#agents.set(host, agent);
  }

  #graph(host: string): string {
    return join(this.directory, `${host}.yaml`);
  }

  /** Each exports the number that is next. */
  #write(): void {
    this.#number++;
    for (const host of HOSTS) {
      const file =
        `{name: "@@${host}", path: "${this.directory}/own-${host}", content: "${this.#number}"}`;
      const collect = `{kind: file, pattern: "${this.directory}/${host}.d/"}`;
      Deno.mkdirSync(`${this.directory}/${host}.d`, { recursive: true });
      const text = `graph: g\nresources: {file: [${file}]}\ncollect: [${collect}]\n`;
      Deno.writeTextFileSync(`${this.#graph(host)}~`, text);
      Deno.renameSync(`${this.#graph(host)}~`, this.#graph(host));
    }
  }

  async #writing(): Promise<void> {
    while (!this.#isOver) {
      this.#write();
      await new Promise((resolve) => setTimeout(resolve, WRITE_MS));
    }
  }

  /** The number of a host that another one has. */
  #has(host: string, of: string): number {
    return Number(contentOf(`${this.directory}/${host}.d/own-${of}`) ?? -1);
  }

  /** How long a host hears nothing new of any other, but for the one that is being replaced. */
  async #looking(host: string): Promise<void> {
    let [last, atMs] = ["", performance.now()];
    while (!this.#isOver) {
      const heard = HOSTS.filter((of) => of !== host).map((of) => this.#has(host, of)).join();
      if (heard !== last || this.#replaced === host) [last, atMs] = [heard, performance.now()];
      const gap = Math.max(this.#gaps.get(host) ?? 0, performance.now() - atMs);
      this.#gaps.set(host, gap);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Waits until these hosts have of each other what was written from now on. */
  async #arrives(hosts: readonly string[]): Promise<void> {
    const next = this.#number + 1;
    const has = () =>
      hosts.every((host) => hosts.every((of) => of === host || this.#has(host, of) >= next));
    await eventually(has, () => hosts.map((host) => this.said(host)).join("\n---\n"));
  }

  async #exchange(): Promise<void> {
    if (this.#working.length > 0) return await this.#arrives(HOSTS);
    const has = () => HOSTS.every((host) => HOSTS.every((of) => this.#has(host, of) > 0));
    await eventually(has, () => HOSTS.map((host) => this.said(host)).join("\n---\n"));
  }

  async #allAre(role: string): Promise<void> {
    const all = new RegExp(HOSTS.map((host) => `${host} +${role} .*live`).join("[^]*"));
    const isSo = async () => all.test(await this.#members());
    await eventually(isSo, () => HOSTS.map((host) => this.said(host)).join("\n---\n"));
  }

  async #members(): Promise<string> {
    const seeds = HOSTS.map((each) => `${addressOf(each)}:${CLIENTS}`).join();
    const words = ["members", "--seeds", seeds, "--prefix", `${this.directory}/none`];
    return (await mgmt(words, { through: this.#network.through })).stdout;
  }
}

/** The names of the hosts, in the order in which they are to be replaced. */
export function replacedHosts(): readonly string[] {
  return HOSTS;
}

function addressOf(host: string): string {
  return `10.9.8.${host.slice(1)}`;
}

/** Leaves below a prefix what an executable from before TLS writes there, and nothing else. */
export async function asBeforeTls(prefix: string): Promise<void> {
  const state = join(prefix, "cluster/state");
  const identity = JSON.parse(Deno.readTextFileSync(join(state, "identity.json")));
  const { id, endpoints, member, clusterId } = identity;
  const { name, initialCluster, founds, ran, memberId } = member;
  const before = {
    ...{ id, endpoints },
    member: { name, initialCluster, founds, ran, memberId },
    clusterId,
  };
  Deno.writeTextFileSync(join(state, "identity.json"), JSON.stringify(before));
  const kept = ["identity.json", "collected.json", "contact.json"];
  for (const { name: file } of Deno.readDirSync(state)) {
    if (!kept.includes(file)) Deno.removeSync(join(state, file));
  }
  const said = await shell(`rm -rf ${prefix}/cluster/trust`);
  if (said !== "") throw new Error(said);
}
