/**
 * The network as this machine sees it.
 *
 * @module
 */

import { addressOf, hostAndPort } from "../../base/address.ts";
import { tlsNotYet } from "../../base/credentials.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import type { Clock } from "../clock.ts";
import type { HttpPatience, Network } from "./network.ts";
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
      during(`connect to ${hostAndPort(endpoint)}`, endpoint, async ({ dial }, signal) => {
        using _connection = await dial(endpoint, { tls: false, signal });
        return ok(undefined);
      }),
    get: (request) => {
      const what = `GET ${shown(request.url)}`;
      const address = addressOf(request.url);
      if (address === undefined) return Promise.resolve(fail(`${what}: that is no address`));
      const refused = tlsNotYet(what, request);
      if (refused !== undefined) return Promise.resolve({ ok: false, failure: refused });
      return during(what, request, async ({ dial, getPage }, signal) => {
        using connection = await dial(address, { tls: address.scheme === "https", signal });
        return await getPage(connection, request, what);
      });
    },
  };
}

/** An address without what may be secret in it. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}${url.search === "" ? "" : "?…"}`;
}
