/**
 * The network as this machine sees it.
 *
 * @module
 */

import { LIMITS } from "../base/limits.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { Clock } from "./clock.ts";
import { endpointText, type Network, type PageRequest, type Patience } from "./network.ts";
import { type Connection, dial, whyBroken } from "./network/connection.ts";
import { startDeadline } from "./network/deadline.ts";
import { getPage } from "./network/http.ts";
import { Slots } from "./process/slots.ts";

/** Opens the door to the network. */
export function createLocalNetwork({ clock }: { readonly clock: Clock }): Network {
  const slots = new Slots(LIMITS.connections);

  /** Works on one connection, with a place for it and a deadline; `what` begins all messages. */
  async function during<T>(
    what: string,
    { timeoutMs, signal }: Patience,
    work: (signal: AbortSignal) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    if (!await slots.take(signal)) return fail(`${what}: was stopped`, { code: "stopped" });
    const deadline = startDeadline(clock, timeoutMs, signal);
    try {
      const result = await work(deadline.signal);
      return deadline.signal.aborted ? fail(...deadline.reason(what)) : result;
    } catch (thrown) {
      if (deadline.signal.aborted) return fail(...deadline.reason(what));
      return { ok: false, failure: whyBroken(what, thrown) };
    } finally {
      deadline.end();
      slots.release();
    }
  }

  return {
    connect: (endpoint) =>
      during(`connect to ${endpointText(endpoint)}`, endpoint, async (signal) => {
        using _connection = await dial(endpoint, { tls: false, signal });
        return ok(undefined);
      }),
    get: (request) =>
      during(`GET ${shown(request.url)}`, request, async (signal) => {
        using connection = await dialFor(request, signal);
        return await getPage(connection, request, `GET ${shown(request.url)}`);
      }),
  };
}

function dialFor({ url }: PageRequest, signal: AbortSignal): Promise<Connection> {
  const tls = url.protocol === "https:";
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = url.port === "" ? (tls ? 443 : 80) : Number(url.port);
  return dial({ host, port }, { tls, signal });
}

/** An address without what may be secret in it. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}${url.search === "" ? "" : "?…"}`;
}
