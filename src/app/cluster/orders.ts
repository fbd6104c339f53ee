/**
 * The order in force of a host, below its prefix: its agent obeys it after a restart, too.
 *
 * @module
 */

import { parseJson } from "../../base/json.ts";
import type { Failure } from "../../base/result.ts";
import type { Destination } from "../../cluster/admin/move.ts";
import type { HostOrder } from "../../cluster/admin/order_follower.ts";
import { type StateDirectory, stateDirectory } from "../../os/state/state_directory.ts";

/** The name of the file below {@linkcode ordersDirectory}. */
export const ORDER = "order.json";

/** Where it is. */
export function ordersDirectory(prefix: string): StateDirectory {
  return stateDirectory(`${prefix}/cluster/state`);
}

/** The file; without a prefix nothing is kept. */
export class OrderFile {
  readonly #directory: StateDirectory | undefined;

  constructor(prefix: string | undefined) {
    this.#directory = prefix === undefined ? undefined : ordersDirectory(prefix);
  }

  /** Whether the host of that prefix was ever to be in a cluster. */
  get isOfCluster(): boolean {
    const texts = this.#directory?.readAll();
    return texts?.ok === true && texts.value.size > 0;
  }

  /** The order in force. */
  read(): HostOrder | undefined {
    return readOrder(this.#directory?.read(ORDER));
  }

  /** Replaces it. */
  write(order: HostOrder): Failure | undefined {
    const written = this.#directory?.write(ORDER, JSON.stringify(order));
    return written?.ok === false ? written.failure : undefined;
  }
}

/** Reads an order; undefined: it is none. */
export function readOrder(text: string | undefined): HostOrder | undefined {
  const value = parseJson(text) as HostOrder | undefined;
  const valid = typeof value?.id === "string" && typeof value.volunteer === "boolean" &&
    typeof value.leave === "boolean" && (value.lost === undefined || value.lost === true) &&
    (value.join === undefined || isDestination(value.join));
  return valid ? value : undefined;
}

function isDestination({ urls, lost }: Partial<Destination>): boolean {
  return Array.isArray(urls) && urls.every((url) => typeof url === "string") &&
    typeof lost === "boolean";
}
