/**
 * The network as this machine sees it.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import type { Clock } from "../clock.ts";
import {
  type Endpoint,
  endpointText,
  type HttpPatience,
  type Network,
  type PageRequest,
} from "./network.ts";
import { startDeadline } from "./deadline.ts";
import { Slots } from "../../base/slots.ts";

type Client = typeof import("./client.ts");

/** Opens the door to the network. */
export function createLocalNetwork({ clock }: { readonly clock: Clock }): Network {
  const slots = new Slots(LIMITS.connections);

  /** Works on one connection, with a place for it and a deadline; `what` begins all messages. */
  async function during<T>(
    what: string,
    { timeoutMs, signal }: HttpPatience,
    work: (client: Client, signal: AbortSignal) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const client = await import("./client.ts");
    if (!await slots.take(signal)) return fail(`${what}: was stopped`, { code: "stopped" });
    const deadline = startDeadline(clock, timeoutMs, signal);
    try {
      const result = await work(client, deadline.signal);
      return deadline.signal.aborted ? fail(...deadline.reason(what)) : result;
    } catch (thrown) {
      if (deadline.signal.aborted) return fail(...deadline.reason(what));
      return { ok: false, failure: client.whyBroken(what, thrown) };
    } finally {
      deadline.end();
      slots.release();
    }
  }

  return {
    connect: (endpoint) =>
      during(`connect to ${endpointText(endpoint)}`, endpoint, async ({ dial }, signal) => {
        using _connection = await dial(endpoint, { tls: false, signal });
        return ok(undefined);
      }),
    get: (request) =>
      during(`GET ${shown(request.url)}`, request, async ({ dial, getPage }, signal) => {
        using connection = await dial(endpointOf(request), {
          tls: request.url.protocol === "https:",
          signal,
        });
        return await getPage(connection, request, `GET ${shown(request.url)}`);
      }),
  };
}

function endpointOf({ url }: PageRequest): Pick<Endpoint, "host" | "port"> {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const usual = url.protocol === "https:" ? 443 : 80;
  return { host, port: url.port === "" ? usual : Number(url.port) };
}

/** An address without what may be secret in it. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}${url.search === "" ? "" : "?…"}`;
}
