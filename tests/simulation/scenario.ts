/**
 * Whole agents as a text: each paragraph is a command, `----`, and what came of it. Everything happens
 * in the simulation's world: the agents and what follows their orders are the program's own, etcd, the
 * network and time are models.
 *
 * @module
 */

import {
  exportsRange,
  forgottenKey,
  idealSizeKey,
  liveKey,
  prefixRange,
} from "../../src/cluster/store/keys.ts";
import { PATIENCE } from "../../src/cluster/leader/view.ts";
import type { EtcdModel, Peer } from "./etcd.ts";
import { powerOff, powerOn, wipeDisk } from "./faults.ts";
import { allInvariants } from "./invariants/all.ts";
import type { Machine } from "./machine.ts";
import { giveOrder } from "./operators.ts";
import { recoverOn } from "./recovery.ts";
import { World } from "./world.ts";

type Words = readonly string[];
type Command = (scenario: Scenario, words: Words) => void | string | Promise<void | string>;

/** All commands; `tests/golden/agents/README.md` says what each does. */
const COMMANDS: Readonly<Record<string, Command>> = {
  hosts: (scenario, words) => scenario.addHosts(words),
  start: (scenario, words) => scenario.each(words, (machine) => scenario.world.startAgent(machine)),
  wait: (scenario, [time = ""]) => scenario.pass(time),
  dies: (scenario, [name = "", steps = ""]) => scenario.dies(name, Number(steps)),
  kill: (scenario, words) => scenario.each(words, (machine) => scenario.world.killAgent(machine)),
  off: (scenario, words) => scenario.each(words, (machine) => powerOff(scenario.world, machine)),
  on: (scenario, words) => scenario.each(words, (machine) => powerOn(scenario.world, machine)),
  wipe: (scenario, words) => scenario.each(words, (machine) => wipeDisk(scenario.world, machine)),
  cut: (scenario, words) => scenario.cut(words),
  heal: ({ world }) => world.network.heal(),
  copy: (scenario, [name = "", as = ""]) => scenario.copy(name, as),
  leave: (scenario, [name = "", lost = ""]) =>
    scenario.order(name, { leave: true, ...(lost === "lost" ? { lost: true } : {}) }),
  move: (scenario, [name = "", url = "", lost = ""]) =>
    scenario.order(name, { leave: true, join: { urls: [url], lost: lost === "lost" } }),
  volunteer: (scenario, [name = "", on = ""]) => scenario.order(name, { volunteer: on === "on" }),
  size: (scenario, [size = ""]) => scenario.put(idealSizeKey(), size),
  write: (scenario, [key = "", bytes = "", times = "1"]) =>
    scenario.write(key, Number(bytes), Number(times)),
  forget: (scenario, [name = ""]) => scenario.forget(name),
  recover: (scenario, [name = ""]) => recoverOn(scenario.world, scenario.machine(name)),
  members: (scenario) => scenario.members(),
  keys: (scenario, [prefix]) => scenario.keys(prefix),
};

/** Runs all paragraphs of a text, and puts in what comes of each. */
export async function answered(text: string): Promise<string> {
  const scenario = new Scenario();
  const parts: string[] = [];
  for (const part of text.trimEnd().split(/\n\n+/)) {
    const lines = part.split("\n");
    const mark = lines.indexOf("----");
    const head = mark < 0 ? lines : lines.slice(0, mark);
    const commands = head.filter((line) => !line.startsWith("#"));
    if (commands.length === 0) parts.push(head.join("\n"));
    else {
      const answers: string[] = [];
      for (const command of commands) answers.push(...await scenario.run(command));
      parts.push([...head, "----", ...answers.length > 0 ? answers : ["ok"]].join("\n"));
    }
  }
  return `${parts.join("\n\n")}\n`;
}

/** One world, and how its machines are called. */
class Scenario {
  readonly world = new World(2, allInvariants());
  readonly #machines = new Map<string, Machine>();
  /** Random names that were seen, and what stands for each. */
  readonly #aliases = new Map<string, string>();
  #told = 0;

  constructor() {
    this.world.trace = [];
    this.world.hasOperators = true;
    this.world.work.over = true;
  }

  /** Does what the line says; the result is what happened, and what it answers. */
  async run(line: string): Promise<string[]> {
    const isQuiet = line.startsWith("quietly ");
    const [name = "", ...words] = line.split(/\s+/).slice(isQuiet ? 1 : 0);
    const command = COMMANDS[name];
    if (command === undefined) throw new Error(`there is no command "${name}": ${line}`);
    const said = await command(this, words);
    await this.world.time.runUntil(this.world.now);
    const news = this.world.trace?.slice(this.#told) ?? [];
    this.#told += news.length;
    if (this.world.violation !== undefined) throw new Error(`${line}: ${this.world.violation}`);
    const happened = news.map((each) => this.#plain(each));
    const answers = (said ?? "").split("\n").filter((each) => each !== "");
    return [...isQuiet ? [] : happened, ...answers.map((each) => this.#plain(each))];
  }

  machine(name: string): Machine {
    const machine = this.#machines.get(name);
    if (machine === undefined) throw new Error(`there is no host "${name}"`);
    return machine;
  }

  each(names: Words, act: (machine: Machine) => void): void {
    for (const name of names) act(this.machine(name));
  }

  /** `hosts NAME... seeds=NAME,...|all|none ideal=N` */
  addHosts(words: Words): void {
    const options = new Map(
      words.filter((word) => word.includes("=")).map((word) => {
        const [name = "", value = ""] = word.split("=");
        return [name, value];
      }),
    );
    const names = words.filter((word) => !word.includes("="));
    const seeds = options.get("seeds") ?? "all";
    const seeding = seeds === "all" ? names : seeds === "none" ? [] : seeds.split(",");
    const ideal = options.get("ideal");
    for (const name of names) {
      this.#machines.set(
        name,
        this.world.addMachine({
          host: name,
          seeds: seeding.filter((each) => each !== name).map(clientUrl),
          clientUrls: [clientUrl(name)],
          peerUrls: [`http://${name}:2380`],
          server: options.get("server") !== "no",
          volunteer: true,
          patience: PATIENCE,
          ...(ideal === undefined ? {} : { idealSize: Number(ideal) }),
        }),
      );
    }
  }

  /** `100ms`, `5s`, `2min`. */
  async pass(time: string): Promise<void> {
    const [, count = "", unit = ""] = /^(\d+)(ms|s|min)$/.exec(time) ?? [];
    if (unit === "") throw new Error(`"${time}" is no time`);
    const { world } = this;
    const unitMs = { ms: 1, s: 1000 }[unit] ?? 60_000;
    await world.time.runUntil(world.now + Number(count) * unitMs);
  }

  /** These hosts and all others hear nothing of each other. */
  cut(names: Words): void {
    const side = new Set(names.map((name) => this.machine(name)));
    for (const one of this.world.machines) {
      for (const other of this.world.machines) {
        if (side.has(one) !== side.has(other)) this.world.network.cut(one.index, other.index);
      }
    }
  }

  /** Its agent is killed after so many more steps, and started again a second later. */
  dies(name: string, steps: number): void {
    const { world } = this;
    const machine = this.machine(name);
    const then = () => {
      world.note(() => `-- ${machine} agent is killed`);
      world.killAgent(machine);
      world.time.after(1000, () => world.startAgent(machine));
    };
    machine.callsLeft = { count: steps, then };
  }

  copy(name: string, as: string): void {
    this.#machines.set(as, this.world.copyMachine(this.machine(name), false));
  }

  order(name: string, order: Parameters<typeof giveOrder>[2]): void {
    giveOrder(this.world, this.machine(name), order);
  }

  put(key: string, value: string): string | undefined {
    const transaction = { when: [], then: [{ type: "put", key, value } as const] };
    const { leader } = this.#cluster;
    if (leader === undefined) return "no majority answers";
    const result = this.#cluster.execute(leader, { type: "transact", transaction }, this.world.now);
    if (typeof result === "string") return "no majority answers";
    return result.ok ? undefined : result.failure.message;
  }

  write(key: string, bytes: number, times: number): string | undefined {
    let problem: string | undefined;
    for (let count = 0; count < times && problem === undefined; count++) {
      problem = this.put(key, "x".repeat(bytes));
    }
    return problem;
  }

  /** As `mgmt forget` does, for each member of that host which is not there. */
  forget(name: string): void {
    const { host } = this.machine(name).settings;
    const value = JSON.stringify({ host });
    for (const { id } of peersOf(this.#cluster).filter((peer) => hostOf(peer) === host)) {
      if (this.#cluster.data.get(liveKey(host)) === undefined) this.put(forgottenKey(id), value);
    }
  }

  members(): string {
    const clusters = this.world.clusters.filter(({ ended }) => !ended);
    if (clusters.length === 0) return "there is no cluster";
    return clusters.flatMap((cluster) => [
      ...clusters.length > 1 ? [`cluster ${cluster.id}`] : [],
      ...peersOf(cluster).map((peer) => memberText(cluster, peer)),
    ]).join("\n");
  }

  /** Those below a prefix, or all but what hosts say of themselves at length. */
  keys(prefix?: string): string {
    const { data } = this.#cluster;
    const ranges = prefix === undefined
      ? [prefixRange("/_mgmt/"), exportsRange()]
      : [prefixRange(prefix)];
    const found = ranges.flatMap((range) => {
      const page = data.list(range, 1000);
      return page.ok ? page.value.entries.map(({ key }) => key) : [];
    });
    return [...new Set(found)].toSorted().join("\n");
  }

  /** The last one that has not ended. */
  get #cluster(): EtcdModel {
    const cluster = this.world.clusters.findLast(({ ended }) => !ended);
    if (cluster === undefined) throw new Error("there is no cluster");
    return cluster;
  }

  /** Without what is random: times to a tenth, hosts by their names, identities by their order. */
  #plain(line: string): string {
    const names = [...this.#machines].map(([name, machine]) => [`${machine}`, name] as const);
    let plain = line.replace(
      /^ *(\d+)\.(\d)\d\d {2}/,
      (_, whole, tenth) => `${whole}.${tenth}s `.padStart(9),
    );
    for (const [text, name] of names) plain = plain.replaceAll(text, name);
    return plain.replaceAll(
      /\b([a-z]\w*)-([0-9a-f]{8})\b/g,
      (_, host, id) => `${host}#${this.#alias(host, id)}`,
    )
      .replaceAll(/(\d+)\.\d+ ms/g, "$1 ms")
      .replaceAll(/\b[0-9a-f]{16}\b/g, (id) => `ID${this.#alias("", id)}`)
      .trimEnd();
  }

  #alias(kind: string, id: string): string {
    const key = `${kind} ${id}`;
    const count = [...this.#aliases.keys()].filter((each) => each.startsWith(`${kind} `)).length;
    const alias = this.#aliases.get(key) ?? String(count + 1);
    this.#aliases.set(key, alias);
    return alias;
  }
}

function peersOf({ peers }: EtcdModel): Peer[] {
  return [...peers.values()].toSorted((one, other) => one.name < other.name ? -1 : 1);
}

function memberText({ leader }: EtcdModel, peer: Peer): string {
  const role = peer.learner ? "learner" : "voter";
  const serves = peer.id === leader ? "leads etcd" : "runs";
  const state = peer.connectedSince === undefined ? "away" : serves;
  return `${(peer.name || peer.peerUrls[0]!).padEnd(12)} ${role.padEnd(7)} ${state}`;
}

function clientUrl(name: string): string {
  return `http://${name}:2379`;
}

function hostOf({ name, peerUrls }: Peer): string {
  return name === "" ? new URL(peerUrls[0]!).hostname : name.slice(0, name.lastIndexOf("-"));
}
