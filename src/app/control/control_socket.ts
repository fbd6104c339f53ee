/**
 * The socket below the prefix at which a running agent is asked and told.
 *
 * @module
 */

import { join } from "node:path";
import type { LocalHost } from "../../host/local.ts";
import type { Timer } from "../../os/clock.ts";
import type { OpenListener } from "../../os/network/listen/listener.ts";
import type { Reporter } from "../../report/event.ts";
import type { Snapshot } from "../../report/state.ts";
import type { RunSettings } from "../settings.ts";
import type { ControlledParts } from "./controlled_agent.ts";

/** What of a run the socket needs to know. */
export interface ControlSocketOptions {
  readonly settings: Pick<RunSettings, "convergedTimeoutSeconds">;
  readonly state: { readonly snapshot: Snapshot };
  readonly host: Pick<LocalHost, "clock">;
  readonly reporter: Reporter;
  /** Absolute, and this process's alone; undefined: there is no socket. */
  readonly prefix: string | undefined;
}

/** Whoever connects is the owner; more than a few are a mistake of his. */
const LIMITS = { connectionsMax: 64, connectionMs: 10_000 };

/** A disk that is full has room for a socket one day. */
const AGAIN_MS = 60_000;

/** The socket of an agent with that prefix. */
export function controlSocketPath(prefix: string): string {
  return join(prefix, "control.sock");
}

/** Opens the socket, and closes it. */
export class ControlSocket {
  readonly #options: ControlSocketOptions;
  readonly #agent: ControlledParts;
  #opening: Promise<void> | undefined;
  #listener: OpenListener | undefined;
  #timer: Timer | undefined;
  #hasWarned = false;
  #closed = false;

  constructor(options: ControlSocketOptions, agent: ControlledParts) {
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
    const control = controlOf(controlledAgent(state, this.#agent));
    const path = controlSocketPath(prefix);
    const opened = listenAtFile(path, LIMITS, (connection) => serveRequest(connection, control));
    if (opened.ok) {
      this.#listener = opened.value;
      return;
    }
    const text =
      `${opened.failure.message}; goes on without, so that no command reaches this agent`;
    if (!this.#hasWarned) reporter.event({ type: "warning", text });
    this.#hasWarned = true;
    this.#timer = clock.after(AGAIN_MS, () => void (this.#opening = this.#open(prefix)));
  }

  /** Ends all that is asked; resolves when the socket is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#opening;
    await this.#listener?.close();
  }
}
