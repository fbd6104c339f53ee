/**
 * Orders about a host's part in its cluster, and what is said of them, as they are on the wire.
 *
 * @module
 */

import { readAddress } from "../base/address.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { Destination } from "../cluster/admin/move.ts";
import type { OrderReply } from "../cluster/admin/order_progress.ts";

/** What a host is to do. */
export interface OrderWish {
  /** Whoever asks again for the same is not giving another order. */
  readonly id?: string;
  /** Whether it may run etcd; undefined: it is to leave. */
  readonly volunteer?: boolean;
  /** Where to leave for. */
  readonly join?: Destination;
  /** To leave for nowhere: its own cluster is lost, and cannot be asked. */
  readonly lost?: boolean;
}

/** How far it has come; the first that is not `working` is the last. */
export interface OrderProgress extends Omit<OrderReply, "state" | "waitsFor"> {
  readonly state: OrderReply["state"] | "overruled";
  /** The name of the host, with which the text goes on; absent: the text is a sentence. */
  readonly host?: string;
  /** The order that counts instead. */
  readonly by?: { readonly leave: boolean; readonly volunteer: boolean };
}

/** How long progress may be followed: what `--wait` takes, and the time to take the order up. */
export const ORDER_LIMIT_MS = 86_400_000 + 60_000;

const ID = /^[0-9a-f]{16}$/;
const URLS_MAX = 100;
const URL_LENGTH = 1000;

/** The name of an order, where one came with it. */
export function readOrderId({ id }: Readonly<Record<string, unknown>>): Result<{ id?: string }> {
  if (id === undefined) return ok({});
  return typeof id === "string" && ID.test(id)
    ? ok({ id })
    : wrong("id takes 16 hexadecimal digits");
}

/** Where to leave for, and whether without a word of its own cluster, where that was said. */
export function readLeaving(
  { join, lost: toNowhere = false }: Readonly<Record<string, unknown>>,
): Result<Pick<OrderWish, "join" | "lost">> {
  if (typeof toNowhere !== "boolean" || toNowhere && join !== undefined) {
    return wrong("lost takes true or false, and with join it stands in that");
  }
  if (join === undefined) return ok({ lost: toNowhere });
  const { urls, lost = false } = (join ?? {}) as Partial<Record<keyof Destination, unknown>>;
  const isList = Array.isArray(urls) && urls.length > 0 && urls.length <= URLS_MAX &&
    urls.every((url) =>
      typeof url === "string" && url.length <= URL_LENGTH && readAddress(url) !== undefined
    );
  if (isList && typeof lost === "boolean") return ok({ join: { urls, lost } });
  return wrong(
    "join takes urls, a list of addresses (https://host:port or http://host:port), and lost (true or false)",
  );
}

function wrong(message: string): Result<never> {
  return fail(message, { code: "bad-request" });
}
