/**
 * The sockets at which a running agent is asked and told: one for its owner, below its prefix, and one
 * for those who may only read; and the address that monitoring has, where one is asked for.
 *
 * @module
 */

import type { Timer } from "../../os/clock.ts";
import { lockIdentity } from "../../os/state/state_lock.ts";
import type { ControlSocketOptions, Doors } from "./control_server.ts";
import type { FigureParts } from "./agent_figures.ts";
import type { ControlledParts } from "./controlled_agent.ts";

/** What of the agent's parts only it has. */
type OwnParts = Omit<
  ControlledParts & FigureParts,
  keyof ControlSocketOptions | "privacy" | "events" | "metrics" | "exchange"
>;

/** A disk that is full has room for a socket one day; one that was removed is made again. */
const AGAIN_MS = 60_000;

/** Opens the sockets, and closes them. */
export class ControlSocket {
  readonly #options: ControlSocketOptions;
  readonly #agent: OwnParts;
  #opening: Promise<void> | undefined;
  #doors: Doors | undefined;
  #timer: Timer | undefined;
  #closed = false;
  /** By which the prefix is known as this process's own. */
  #lock: string | undefined;

  constructor(options: ControlSocketOptions, agent: OwnParts) {
    this.#options = options;
    this.#agent = agent;
  }

  /** Harmless when they are open. */
  open(): void {
    const { prefix, settings } = this.#options;
    // Who ends at the first quiet moment is asked by nobody.
    if (settings.convergedTimeoutSeconds === 0 || this.#closed) return;
    if (prefix !== undefined || settings.metrics !== undefined) {
      this.#opening ??= this.#open(prefix);
    }
  }

  async #open(prefix: string | undefined): Promise<void> {
    const { openDoors } = await import("./control_server.ts");
    if (this.#closed) return;
    this.#doors = openDoors({ ...this.#options, ...this.#agent });
    for (const door of this.#doors.sockets) door.open();
    this.#doors.monitoring?.open();
    if (prefix === undefined) return;
    this.#lock = lockIdentity(prefix);
    this.#lookLater(prefix);
  }

  #lookLater(prefix: string): void {
    const { clock } = this.#options.host;
    this.#timer = clock.after(AGAIN_MS, () => this.#opening = this.#look(prefix));
  }

  /** Whoever removed a socket, or put something in its place, did it by mistake. */
  async #look(prefix: string): Promise<void> {
    const lock = lockIdentity(prefix);
    // Where the directory was moved away, another agent may have the path.
    const isOwn = lock === undefined || lock === this.#lock;
    if (isOwn) { for (const door of this.#doors?.sockets ?? []) await door.look(); }
    if (!this.#closed) this.#lookLater(prefix);
  }

  /** Ends all that is asked; resolves when the sockets are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#opening;
    await this.#doors?.monitoring?.close();
    await this.#doors?.idle();
    for (const door of this.#doors?.sockets ?? []) await door.close();
  }
}
