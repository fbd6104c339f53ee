/**
 * The sockets at which a running agent is asked and told: one for its owner, below its prefix, and one
 * for those who may only read.
 *
 * @module
 */

import type { Timer } from "../../os/clock.ts";
import { lockIdentity } from "../../os/state/state_lock.ts";
import type { ControlSocketOptions } from "./control_server.ts";
import type { ControlledParts } from "./controlled_agent.ts";
import type { SocketDoor } from "./socket_door.ts";

/** What of the agent's parts only it has. */
type OwnParts = Omit<ControlledParts, keyof ControlSocketOptions | "events">;

/** A disk that is full has room for a socket one day; one that was removed is made again. */
const AGAIN_MS = 60_000;

/** Opens the sockets, and closes them. */
export class ControlSocket {
  readonly #options: ControlSocketOptions;
  readonly #agent: OwnParts;
  #opening: Promise<void> | undefined;
  #doors: readonly SocketDoor[] = [];
  #timer: Timer | undefined;
  #closed = false;
  /** Resolves when nothing that was asked for is under way, and readers have read. */
  #idle: () => Promise<void> = () => Promise.resolve();
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
    if (prefix === undefined || settings.convergedTimeoutSeconds === 0 || this.#closed) return;
    this.#opening ??= this.#open(prefix);
  }

  async #open(prefix: string): Promise<void> {
    const { openDoors } = await import("./control_server.ts");
    if (this.#closed) return;
    const { doors, idle } = openDoors({ ...this.#options, ...this.#agent, prefix });
    this.#doors = doors;
    this.#idle = idle;
    for (const door of doors) door.open();
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
    if (isOwn) { for (const door of this.#doors) await door.look(); }
    if (!this.#closed) this.#lookLater(prefix);
  }

  /** Ends all that is asked; resolves when the sockets are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#opening;
    await this.#idle();
    for (const door of this.#doors) await door.close();
  }
}
