/**
 * The socket below the prefix at which a running agent is asked and told.
 *
 * @module
 */

import { join } from "node:path";
import type { LocalHost } from "../../host/local.ts";
import type { Recorder } from "../../journal/recorder.ts";
import type { Timer } from "../../os/clock.ts";
import type { FileListener } from "../../os/network/listen/socket_file.ts";
import { lockIdentity } from "../../os/state/state_lock.ts";
import type { Reporter } from "../../report/event.ts";
import type { Snapshot } from "../../report/state.ts";
import type { RunSettings } from "../settings.ts";
import type { ControlledParts } from "./controlled_agent.ts";

/** What of a run the socket needs to know. */
export interface ControlSocketOptions {
  readonly settings: Pick<RunSettings, "convergedTimeoutSeconds">;
  readonly state: { readonly snapshot: Snapshot };
  readonly graphPath: string;
  readonly host: LocalHost;
  readonly reporter: Reporter;
  readonly journal: Recorder | undefined;
  /** Absolute, and this process's alone; undefined: there is no socket. */
  readonly prefix: string | undefined;
}

/** What of the agent's parts only it has. */
type OwnParts = Omit<ControlledParts, keyof ControlSocketOptions>;

/** Whoever connects is the owner; more than a few are a mistake of his. */
const LIMITS = { connectionsMax: 64, connectionMs: 10_000 };

/** A disk that is full has room for a socket one day; and one that was removed is made again. */
const AGAIN_MS = 60_000;

/** The socket of an agent with that prefix. */
export function controlSocketPath(prefix: string): string {
  return join(prefix, "control.sock");
}

/** Opens the socket, and closes it. */
export class ControlSocket {
  readonly #options: ControlSocketOptions;
  readonly #agent: OwnParts;
  #opening: Promise<void> | undefined;
  #listener: FileListener | undefined;
  #timer: Timer | undefined;
  #hasWarned = false;
  #closed = false;
  /** Resolves when nothing that was asked for is under way. */
  #idle: () => Promise<void> = () => Promise.resolve();
  /** By which the prefix is known as this process's own. */
  #lock: string | undefined;

  constructor(options: ControlSocketOptions, agent: OwnParts) {
    this.#options = options;
    this.#agent = agent;
  }

  /** Harmless when it is open. */
  open(): void {
    const { prefix, settings } = this.#options;
    // Who ends at the first quiet moment is asked by nobody.
    if (prefix === undefined || settings.convergedTimeoutSeconds === 0 || this.#closed) return;
    this.#opening ??= this.#open(prefix);
  }

  async #open(prefix: string): Promise<void> {
    const { controlledAgent, controlOf, listenAtFile, serveRequest } = await import(
      "./control_server.ts"
    );
    if (this.#closed) return;
    const { host: { clock }, reporter, state } = this.#options;
    const agent = controlledAgent(state, { ...this.#options, ...this.#agent, prefix });
    this.#idle = () => agent.idle();
    const control = controlOf(agent);
    const path = controlSocketPath(prefix);
    const opened = listenAtFile(path, LIMITS, (connection) => serveRequest(connection, control));
    if (opened.ok) {
      this.#listener = opened.value;
      this.#hasWarned = false;
    } else if (!this.#hasWarned) {
      const { message } = opened.failure;
      const text = `${message}; goes on without, so that no command reaches this agent`;
      reporter.event({ type: "warning", text });
      this.#hasWarned = true;
    }
    this.#lock ??= lockIdentity(prefix);
    this.#timer = clock.after(AGAIN_MS, () => this.#look(prefix));
  }

  /** Whoever removed the socket, or put something in its place, did it by mistake. */
  #look(prefix: string): void {
    const { host: { clock }, reporter } = this.#options;
    const lock = lockIdentity(prefix);
    // Where the directory was moved away, another agent may have the path.
    const isOwn = lock === undefined || lock === this.#lock;
    if (!isOwn || this.#listener?.hasName() === true) {
      this.#timer = clock.after(AGAIN_MS, () => this.#look(prefix));
      return;
    }
    if (this.#listener !== undefined) {
      const text = `${controlSocketPath(prefix)} was removed or replaced; it is made again`;
      reporter.event({ type: "warning", text });
    }
    this.#opening = this.#openAgain(prefix);
  }

  async #openAgain(prefix: string): Promise<void> {
    const before = this.#listener;
    this.#listener = undefined;
    await before?.close();
    await this.#open(prefix);
  }

  /** Ends all that is asked; resolves when the socket is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#opening;
    await this.#idle();
    await this.#listener?.close();
  }
}
