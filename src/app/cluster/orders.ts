/**
 * How commands speak to the running agent of a prefix: they leave an order below it, which is obeyed
 * after a restart, too, and read what the agent says of it.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import type { Watcher } from "../../os/watch/watcher.ts";
import { type StateDirectory, stateDirectory } from "../../os/state/state_directory.ts";
import type { Destination } from "../../cluster/admin/move.ts";

/** What is wished of this host's part in its cluster; the last order counts. */
export interface AgentCommand {
  readonly id: string;
  /** Whether it may run etcd; of an order to leave: as long as it is there. */
  readonly volunteer: boolean;
  /** It is to have no part in the cluster any more. */
  readonly leave: boolean;
  /** Written by the agent: it has left. */
  readonly left?: boolean;
  /** It is to leave for this other cluster. */
  readonly join?: Destination;
}

/** What the agent says. */
export interface CommandStatus {
  readonly version: 1;
  readonly host: string;
  /** The order this is about. */
  readonly order?: string;
  readonly state: "working" | "done" | "refused";
  /** What is being done, has been done, or why it was not, for people. */
  readonly text: string;
  readonly hint?: string;
  /** This host has done its share: what is missing is others' to do. */
  readonly offered?: boolean;
}

/** The names of these files below {@linkcode ordersDirectory}. */
export const ORDER = "order.json";
export const SAID = "said.json";

/** Where they are. */
export function ordersDirectory(prefix: string): StateDirectory {
  return stateDirectory(`${prefix}/cluster/state`);
}

/** The agent's side; without a prefix nobody can order anything. */
export class CommandFiles {
  readonly #directory: StateDirectory | undefined;
  #said = "";

  constructor(prefix: string | undefined) {
    this.#directory = prefix === undefined ? undefined : ordersDirectory(prefix);
  }

  /** The order in force. */
  read(): AgentCommand | undefined {
    return readOrder(this.#directory?.read(ORDER));
  }

  /** Replaces it by what has become of it. */
  write(order: AgentCommand): Failure | undefined {
    const written = this.#directory?.write(ORDER, JSON.stringify(order));
    return written?.ok === false ? written.failure : undefined;
  }

  /** Calls back when there may be another order. */
  watch(watcher: Watcher, changed: () => void): { close(): void } {
    if (this.#directory === undefined) return { close: () => {} };
    const watch = watcher.watch({ path: `${this.#directory.path}/${ORDER}`, tree: false, changed });
    // What came before the watch stood is seen now.
    void watcher.settle().then(changed);
    return watch;
  }

  /** Says how it is going. */
  say(said: CommandStatus): void {
    const text = JSON.stringify(said);
    if (text === this.#said) return;
    this.#said = text;
    this.#directory?.write(SAID, text);
  }
}

/** Reads an order; undefined: it is none. */
export function readOrder(text: string | undefined): AgentCommand | undefined {
  const value = parse(text) as AgentCommand | undefined;
  const valid = typeof value?.id === "string" && typeof value.volunteer === "boolean" &&
    typeof value.leave === "boolean" && (value.join === undefined || isDestination(value.join));
  return valid ? value : undefined;
}

function isDestination({ urls, lost }: Partial<Destination>): boolean {
  return Array.isArray(urls) && urls.every((url) => typeof url === "string") &&
    typeof lost === "boolean";
}

/** Reads what the agent said. */
export function readSaid(text: string | undefined): CommandStatus | undefined {
  const value = parse(text) as CommandStatus | undefined;
  const valid = value?.version === 1 && typeof value.text === "string" &&
    typeof value.state === "string";
  return valid ? value : undefined;
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
