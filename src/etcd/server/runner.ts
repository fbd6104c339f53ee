/**
 * The etcd of this host: a child process that outlives a killed agent, and is found again by the
 * next one.
 *
 * @module
 */

import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { fromHere, hostAndPort, pageAt } from "../../base/address.ts";
import { schemeRefused } from "../../base/credentials.ts";
import { type Failure, failure, ok, reasonOf, type Result } from "../../base/result.ts";
import type { Timer } from "../../os/clock.ts";
import { listensAt } from "../../os/process/listening.ts";
import { isAlive } from "../../os/process/table.ts";
import { findEtcd } from "./binary.ts";
import { whatIsInTheWay } from "./checks.ts";
import { keepAside, removeTemporary } from "./aside.ts";
import type { EtcdEnd } from "../../cluster/agent/news.ts";
import { logSize, readEnd } from "./etcd_log.ts";
import { type EtcdAddresses, etcdFlags, type EtcdStart } from "./flags.ts";
import type { EtcdRunnerOptions } from "./runner_options.ts";
import {
  endEtcd,
  type EtcdProcess,
  leftEtcd,
  limitOutput,
  rememberEtcd,
  startEtcd,
  strangeEtcd,
  userOf,
} from "./process.ts";

/** How often a starting etcd is asked whether it answers. */
const ASK_MS = 25;
/** Time for one that was left behind to answer. */
const ADOPT_MS = 5000;
/** Time for it to end after that. */
const KILL_MS = 1000;
/** How often it is seen to that what it prints does not fill the disk. */
const OUTPUT_MS = 60_000;

/** A running etcd. */
interface RunningEtcd extends EtcdProcess {
  readonly name: string;
  /** With which arguments it was started; absent: the usual ones. */
  readonly generation: string | undefined;
  readonly logFrom: number;
  /** It is being ended from here. */
  ending?: true;
}

/** Keeps a wish true: this etcd and no other, or none. */
export class EtcdRunner {
  readonly #options: EtcdRunnerOptions;
  readonly #logFile: string;
  readonly #output: string;
  #wanted: EtcdStart | undefined;
  /** Names that were wished for, until their end has been told. */
  #owed = new Set<string>();
  #running: RunningEtcd | undefined;
  #working: Promise<void> = Promise.resolve();
  #closed = false;
  #trim: Timer | undefined;

  constructor(options: EtcdRunnerOptions) {
    this.#options = options;
    this.#logFile = join(options.directory, "etcd.log");
    this.#output = join(options.directory, "etcd.output");
  }

  /** Finds etcd, and unpacks it where that is not done yet; what goes wrong is told at the start. */
  prepare(): Promise<void> {
    this.#then(async () => {
      if (!this.#closed) await this.#find();
    });
    return this.#working;
  }

  /** Run this one, or none. */
  wish(wanted: EtcdStart | undefined): void {
    this.#wanted = wanted;
    if (wanted !== undefined) this.#owed.add(wanted.name);
    this.#then(() => this.#reconcile(wanted));
  }

  /** Moves the data of a member aside. */
  aside(name: string): void {
    this.#then(() => {
      const failed = keepAside(this.#options.directory, name, this.#options.clock.wall());
      if (failed !== undefined) this.#trouble(failed);
      return Promise.resolve();
    });
  }

  /** Ends it; resolves when it has ended. */
  close(): Promise<void> {
    this.#closed = true;
    this.#wanted = undefined;
    this.#then(() => this.#endAll());
    return this.#working;
  }

  /** Also one that a killed agent left and that was not found yet. */
  async #endAll(): Promise<void> {
    await this.#end();
    const left = leftEtcd(this.#options.directory);
    if (left !== undefined) {
      await endEtcd(strangeEtcd(left.entry, this.#options.clock), this.#options.clock);
    }
    this.#removeTemporary();
  }

  #removeTemporary(): void {
    const failed = removeTemporary(this.#options.directory);
    if (failed !== undefined) this.#trouble(failed);
  }

  #trouble(problem: Failure): void {
    this.#options.tell({ what: "trouble", failure: problem });
  }

  #then(work: () => Promise<void>): void {
    this.#working = this.#working.then(work).catch((thrown) => {
      this.#trouble(failure(`etcd: ${reasonOf(thrown)}`));
    });
  }

  async #reconcile(wanted: EtcdStart | undefined): Promise<void> {
    // What was wished meanwhile comes next.
    if (wanted !== this.#wanted || this.#closed) return;
    if (this.#running !== undefined && !isSame(this.#running, wanted)) await this.#end();
    if (wanted !== this.#wanted) return;
    for (const name of this.#owed) {
      if (name !== wanted?.name) this.#tellEnd(name, "other", "it did not run");
    }
    if (this.#running !== undefined) return;
    if (await this.#adopt(wanted)) return;
    // Nothing runs: what is there was made by a run that was killed, or founded nothing.
    if (wanted?.state !== "ran") this.#removeTemporary();
    if (wanted === undefined) return;
    await this.#start(wanted);
  }

  async #start(wanted: EtcdStart): Promise<void> {
    const { directory, clock } = this.#options;
    const dataDirectory = this.#data(wanted.name);
    const hasRun = fs.existsSync(join(dataDirectory, "member"));
    if (wanted.state === "ran" && !hasRun) {
      const message =
        `its data is gone: ${dataDirectory}; put it back, or leave it so: the others ` +
        "replace a member that is silent for too long, and it begins anew (without others: stop " +
        `the agent, remove ${dirname(directory)} and start it)`;
      return this.#tellEnd(wanted.name, "final", message, "data-gone");
    }
    const addresses = await this.#addresses(wanted.generation);
    if (!addresses.ok) return this.#refused(wanted, addresses.failure);
    if (wanted !== this.#wanted) return;
    const { listenClients, listenPeers, isMixed } = addresses.value;
    const place = { dataDirectory, logFile: this.#logFile, ...addresses.value };
    const refused = schemeRefused("cannot start etcd", {
      credentials: this.#options.credentials,
      addresses: isMixed === true ? [] : [...listenClients, ...listenPeers],
    });
    if (refused !== undefined) return this.#refused(wanted, refused);
    const flags = etcdFlags(wanted, place);
    if (!flags.ok) return this.#refused(wanted, flags.failure);
    const places = new Map([...listenClients, ...listenPeers].map((at) => [hostAndPort(at), at]));
    const site = { dataDirectory, hasRun, addresses: [...places.values()] };
    const wrong = await whatIsInTheWay(site, clock);
    if (wrong !== undefined) return this.#refused(wanted, wrong);
    const found = await this.#find();
    if (!found.ok) return this.#refused(wanted, found.failure);
    if (found.value.warning !== undefined) this.#trouble(failure(found.value.warning));
    if (wanted !== this.#wanted) return;
    fs.mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    const logFrom = logSize(this.#logFile);
    const started = await startEtcd(found.value.path, flags.value, this.#output);
    if (!started.ok) return this.#refused(wanted, started.failure);
    const { name, generation } = wanted;
    const running = { ...started.value, name, generation, logFrom };
    // Nothing is in between: a killed agent leaves no etcd that is not known.
    rememberEtcd(directory, running, running.entry);
    this.#follow(running);
  }

  /** Where it is to be with the arguments of that name. */
  async #addresses(generation: string | undefined): Promise<Result<EtcdAddresses>> {
    const { clientUrls, peerUrls, listenClients, listenPeers, otherwise } = this.#options;
    const { member = "none" } = this.#options;
    const usual = { clientUrls, peerUrls, listenClients, listenPeers, member };
    if (generation === undefined || otherwise === undefined) return ok(usual);
    const more = await otherwise(generation);
    return more.ok ? ok({ ...usual, ...more.value }) : more;
  }

  #find(): ReturnType<typeof findEtcd> {
    const { directory, processes, member = "none" } = this.#options;
    const hasRights = member !== "none";
    return findEtcd({ directory: join(directory, "bin"), processes, hasRights });
  }

  #refused({ name }: EtcdStart, { message, hint, code }: Failure): void {
    const isAbsent = code === "address-absent" || code === "address-unreachable";
    const end = isAbsent ? "absent" : "final";
    this.#tellEnd(name, end, hint === undefined ? message : `${message} (${hint})`, code);
  }

  #tellEnd(name: string, end: EtcdEnd, message: string, code?: string): void {
    if (this.#wanted?.name !== name) this.#owed.delete(name);
    const { state } = this.#wanted ?? {};
    const hasData = state === "ran" || fs.existsSync(join(this.#data(name), "member"));
    const told = (end === "final" || end === "absent") && !hasData ? "unstarted" : end;
    if (!this.#closed) this.#options.listener.ended(name, told, message, code);
  }

  /** Waits beside for its first answer, and for its end. */
  #follow(running: RunningEtcd): void {
    this.#running = running;
    this.#trimOutput();
    void this.#answers(running).then((answers) => {
      if (answers && this.#running === running) this.#options.listener.runs(running.name);
    });
    void running.gone.then((signal) => {
      if (this.#running === running) this.#running = undefined;
      this.#trim?.cancel();
      const { end, message } = this.#whyEnded(running, signal);
      this.#tellEnd(running.name, end, message);
    });
  }

  /** Whatever it complained of before: who was ended did not end because of that. */
  #whyEnded(
    { ending, logFrom }: RunningEtcd,
    signal: string | undefined,
  ): { end: EtcdEnd; message: string } {
    if (ending) return { end: "other", message: "it is not wanted any more" };
    const see = `(see ${this.#logFile})`;
    if (signal !== undefined) {
      const how = signal === "SIGKILL" ? "killed (SIGKILL)" : `ended by a signal (${signal})`;
      return { end: "other", message: `it was ${how} ${see}` };
    }
    const endedAt = this.#options.clock.wall();
    const { end, message } = readEnd(this.#logFile, logFrom, this.#output, endedAt);
    return { end, message: `${message} ${see}` };
  }

  #trimOutput(): void {
    limitOutput(this.#output);
    this.#trim?.cancel();
    this.#trim = this.#options.clock.after(OUTPUT_MS, () => this.#trimOutput());
  }

  async #answers(running: RunningEtcd, limitMs = Infinity): Promise<boolean> {
    const { clock } = this.#options;
    const endMs = clock.nowMs() + limitMs;
    while (this.#running === running && isAlive(running.entry) && clock.nowMs() < endMs) {
      if (await this.#isServing(running)) return true;
      await clock.sleep(ASK_MS);
    }
    return false;
  }

  /** It takes connections as soon as it has begun, and answers when it has found its cluster. */
  async #isServing({ entry }: RunningEtcd): Promise<boolean> {
    const { network, listenClients: [first], credentials } = this.#options;
    if (first === undefined) return false;
    const url = pageAt(fromHere(first), "/version");
    const answer = await network.get({ url, credentials, timeoutMs: 1000, bodyBytes: 1024 });
    // Where another etcd was faster to take the address, it is that one which answers.
    return answer.ok && answer.value.body.includes("etcdserver") &&
      listensAt(entry.pid, first.port);
  }

  /** Takes over an etcd that a killed agent has left, or ends it where it is not wanted or does not answer. */
  async #adopt(wanted: EtcdStart | undefined): Promise<boolean> {
    const { directory, clock, tell } = this.#options;
    const left = leftEtcd(directory) ?? this.#unknown(wanted);
    if (left === undefined) return false;
    const logFrom = logSize(this.#logFile);
    const { name, generation, entry } = left;
    const running: RunningEtcd = { ...strangeEtcd(entry, clock), name, generation, logFrom };
    const { pid } = entry;
    this.#running = running;
    const isWanted = isSame(left, wanted);
    if (isWanted && await this.#answers(running, ADOPT_MS)) {
      this.#follow(running);
      tell({ what: "etcd-adopted", pid });
      return true;
    }
    tell({ what: "etcd-dropped", pid, why: isWanted ? "silent" : "unwanted" });
    // One that does not answer will not end nicely, either.
    await this.#end(isWanted ? KILL_MS : undefined);
    return false;
  }

  /** One that was started, but not written down any more. */
  #unknown(wanted: EtcdStart | undefined): ReturnType<typeof leftEtcd> {
    const entry = wanted === undefined ? undefined : userOf(this.#data(wanted.name));
    if (entry === undefined) return undefined;
    return { name: wanted!.name, entry, generation: wanted!.generation };
  }

  async #end(graceMs?: number): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    running.ending = true;
    await endEtcd(running, this.#options.clock, graceMs);
    this.#running = undefined;
  }

  #data(name: string): string {
    return join(this.#options.directory, "data", name);
  }
}

/** Whether that etcd is the one that is wished for, with the arguments that are. */
function isSame(
  { name, generation }: Pick<RunningEtcd, "name" | "generation">,
  wanted: EtcdStart | undefined,
): boolean {
  return name === wanted?.name && generation === wanted.generation;
}
