/**
 * The etcd of this host: a child process that outlives a killed agent, and is found again by the
 * next one.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { reasonOf } from "../../base/result.ts";
import type { Clock, Timer } from "../clock.ts";
import type { Network } from "../network.ts";
import { sendSignal } from "../process/send_signal.ts";
import { isAlive, type ProcessEntry, readProcess } from "../process/table.ts";
import type { Processes } from "../processes.ts";
import { findEtcd } from "./binary.ts";
import { type EtcdEnd, logSize, readEnd } from "./etcd_log.ts";
import { etcdFlags, type EtcdStart } from "./flags.ts";

/** Hears of the etcd of this host. */
export interface EtcdListener {
  runs(name: string): void;
  ended(name: string, end: EtcdEnd, message: string): void;
}

export interface EtcdRunnerOptions {
  /** The cluster's part of the prefix, absolute. */
  readonly directory: string;
  readonly clientUrls: readonly string[];
  readonly peerUrls: readonly string[];
  readonly clock: Clock;
  readonly network: Network;
  readonly processes: Processes;
  readonly listener: EtcdListener;
  readonly warn: (text: string) => void;
}

/** How often a starting etcd is asked whether it answers. */
const ASK_MS = 25;
/** How often one that is not our child is looked at. */
const LOOK_MS = 500;
/** Time for one that was left behind to answer. */
const ADOPT_MS = 5000;
/** Time between SIGTERM and SIGKILL. */
const STOP_MS = 10_000;

/** A running etcd. */
interface Running {
  readonly name: string;
  readonly entry: ProcessEntry;
  readonly logFrom: number;
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
}

/** Keeps a wish true: this etcd and no other, or none. */
export class EtcdRunner {
  readonly #options: EtcdRunnerOptions;
  #wanted: EtcdStart | undefined;
  #running: Running | undefined;
  #working: Promise<void> = Promise.resolve();
  #closed = false;
  #timer: Timer | undefined;

  constructor(options: EtcdRunnerOptions) {
    this.#options = options;
  }

  /** Run this one, or none. */
  wish(wanted: EtcdStart | undefined): void {
    this.#wanted = wanted;
    this.#then(() => this.#reconcile());
  }

  /** Moves the data of a member aside; only the last one put aside is kept. */
  aside(name: string): void {
    this.#then(() => {
      const from = this.#data(name);
      const to = join(this.#options.directory, "aside");
      try {
        fs.rmSync(to, { recursive: true, force: true });
        if (fs.existsSync(from)) fs.renameSync(from, to);
      } catch (thrown) {
        this.#options.warn(`cannot move ${from} aside: ${reasonOf(thrown)}`);
      }
      return Promise.resolve();
    });
  }

  /** Ends it; resolves when it has ended. */
  close(): Promise<void> {
    this.#closed = true;
    this.#wanted = undefined;
    this.#then(() => this.#end());
    return this.#working;
  }

  #then(work: () => Promise<void>): void {
    this.#working = this.#working.then(work).catch((thrown) => {
      this.#options.warn(`etcd: ${reasonOf(thrown)}`);
    });
  }

  async #reconcile(): Promise<void> {
    const wanted = this.#wanted;
    if (this.#running !== undefined && this.#running.name !== wanted?.name) await this.#end();
    if (wanted === undefined || this.#running !== undefined || this.#closed) return;
    if (await this.#adopt(wanted)) return;
    await this.#start(wanted);
  }

  async #start(wanted: EtcdStart): Promise<void> {
    const { directory, clientUrls, peerUrls, processes, warn } = this.#options;
    const dataDirectory = this.#data(wanted.name);
    const hasRun = fs.existsSync(join(dataDirectory, "member"));
    if (wanted.state === "ran" && !hasRun) {
      return this.#failed(wanted, "final", `its data is gone: ${dataDirectory}`);
    }
    const found = await findEtcd({ directory: join(directory, "bin"), processes });
    if (!found.ok) return this.#failed(wanted, "final", found.failure.message);
    if (found.value.warning !== undefined) warn(found.value.warning);
    const logFile = join(directory, "etcd.log");
    fs.mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    const logFrom = logSize(logFile);
    const flags = etcdFlags(wanted, { dataDirectory, logFile, clientUrls, peerUrls });
    const output = fs.openSync(join(directory, "etcd.output"), "w", 0o600);
    const child = spawn(found.value.path, [...flags], {
      // A session of its own: ^C at the agent's terminal is not for it.
      detached: true,
      stdio: ["ignore", output, output],
      cwd: "/",
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    });
    const gone = endOf(child);
    fs.closeSync(output);
    const entry = child.pid === undefined ? undefined : readProcess(child.pid);
    if (entry === undefined) {
      await gone;
      return this.#failed(wanted, "other", readEnd(logFile, logFrom).message);
    }
    this.#remember(wanted.name, entry);
    this.#follow({ name: wanted.name, entry, logFrom, gone });
  }

  #failed({ name }: EtcdStart, end: EtcdEnd, message: string): void {
    this.#options.listener.ended(name, end, message);
  }

  /** Waits beside for its first answer, and for its end. */
  #follow(running: Running): void {
    this.#running = running;
    const { listener, directory } = this.#options;
    void this.#answers(running).then((answers) => {
      if (answers && this.#running === running) listener.runs(running.name);
    });
    void running.gone.then(() => {
      if (this.#running === running) this.#running = undefined;
      const { end, message } = readEnd(join(directory, "etcd.log"), running.logFrom);
      if (!this.#closed) listener.ended(running.name, end, message);
    });
  }

  async #answers(running: Running, limitMs = Infinity): Promise<boolean> {
    const { clock } = this.#options;
    const endMs = clock.nowMs() + limitMs;
    while (this.#running === running && isAlive(running.entry) && clock.nowMs() < endMs) {
      if (await this.#version() !== undefined) return true;
      await clock.sleep(ASK_MS);
    }
    return false;
  }

  async #version(): Promise<string | undefined> {
    const { network, clientUrls } = this.#options;
    const url = new URL("/version", clientUrls[0]);
    const answer = await network.get({ url, timeoutMs: 1000, bodyBytes: 1024 });
    return answer.ok && answer.value.body.includes("etcdserver") ? answer.value.body : undefined;
  }

  /** Takes over an etcd that a killed agent has left, or ends it if it does not answer. */
  async #adopt(wanted: EtcdStart): Promise<boolean> {
    const left = this.#remembered();
    if (left === undefined || !isAlive(left.entry)) return false;
    const running: Running = {
      name: left.name,
      entry: left.entry,
      logFrom: logSize(join(this.#options.directory, "etcd.log")),
      gone: this.#watchEnd(left.entry),
    };
    this.#running = running;
    const answers = left.name === wanted.name && await this.#answers(running, ADOPT_MS);
    if (answers) {
      this.#follow(running);
      return true;
    }
    await this.#end();
    return false;
  }

  async #watchEnd(entry: ProcessEntry): Promise<void> {
    while (isAlive(entry)) await this.#options.clock.sleep(LOOK_MS);
  }

  async #end(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    const { clock } = this.#options;
    sendSignal(running.entry.pid, "SIGTERM");
    this.#timer = clock.after(STOP_MS, () => {
      if (isAlive(running.entry)) sendSignal(running.entry.pid, "SIGKILL");
    });
    await running.gone;
    this.#timer.cancel();
    this.#running = undefined;
  }

  #data(name: string): string {
    return join(this.#options.directory, "data", name);
  }

  #remember(name: string, entry: ProcessEntry): void {
    const path = join(this.#options.directory, "etcd.pid");
    const text = JSON.stringify({ name, pid: entry.pid, started: entry.started });
    fs.writeFileSync(`${path}~`, text, { mode: 0o600 });
    fs.renameSync(`${path}~`, path);
  }

  /** The process that was started last, if that very process still runs. */
  #remembered(): { name: string; entry: ProcessEntry } | undefined {
    try {
      const text = fs.readFileSync(join(this.#options.directory, "etcd.pid"), "utf8");
      const { name, pid, started } = JSON.parse(text);
      const entry = readProcess(Number(pid));
      return entry?.started === started ? { name: String(name), entry: entry! } : undefined;
    } catch {
      return undefined;
    }
  }
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
}
