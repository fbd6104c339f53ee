/**
 * The network as this machine sees it.
 *
 * @module
 */

import { addressOf, hostAndPort } from "../../base/address.ts";
import { type Credentials, schemeRefused } from "../../base/credentials.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, type Failure, ok, type Result } from "../../base/result.ts";
import type { Clock } from "../clock.ts";
import type { HttpPatience, Network } from "./network.ts";
import { startDeadline } from "./deadline.ts";
import { shownUrl } from "./shown_url.ts";
import { Slots } from "../../base/slots.ts";

type Client = typeof import("./client.ts");
/** Says more of a failure. */
type Explain = (client: Client, signal: AbortSignal) => Promise<Failure | undefined>;

/** Time to learn more of a failure. */
const EXPLAIN_MS = 500;

/** What TLS that meets plain text may end with, and certificates of which it is not said why they are refused. */
const UNEXPLAINED = new Set<string | undefined>(["hung-up", "not-http", "closed", "network"]);

/** Opens the door to the network. */
export function createLocalNetwork({ clock }: { readonly clock: Clock }): Network {
  const slots = new Slots(LIMITS.connections);

  /** Works on one connection, with a place for it and a deadline; `what` begins all messages. */
  async function during<T>(
    what: string,
    { timeoutMs, signal }: HttpPatience,
    work: (client: Client, signal: AbortSignal) => Promise<Result<T>>,
    explain: Explain = () => Promise.resolve(undefined),
    shown?: Credentials,
  ): Promise<Result<T>> {
    const client = await import("./client.ts");
    if (!await slots.take(signal)) return fail(`${what}: was stopped`, { code: "stopped" });
    const deadline = startDeadline(clock, timeoutMs, signal);
    try {
      const result = await asResult(what, client, () => work(client, deadline.signal), shown);
      if (deadline.signal.aborted) return fail(...deadline.reason(what));
      if (result.ok || !UNEXPLAINED.has(result.failure.code)) return result;
      // Who has just begun to listen may take a connection and say nothing for a while.
      const brief = startDeadline(clock, EXPLAIN_MS, deadline.signal);
      const failure = await explain(client, brief.signal) ?? result.failure;
      brief.end();
      return { ok: false, failure };
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
      const what = `GET ${shownUrl(request.url)}`;
      const address = addressOf(request.url);
      if (address === undefined) return Promise.resolve(fail(`${what}: that is no address`));
      const { credentials } = request;
      const refused = schemeRefused(what, { credentials, addresses: [address] });
      if (refused !== undefined) return Promise.resolve({ ok: false, failure: refused });
      return during(
        what,
        request,
        async ({ dial, dialTls, getPage }, signal) => {
          using connection = credentials === undefined || credentials === "none"
            ? await dial(address, { tls: address.scheme === "https", signal })
            : await dialTls(address, credentials, signal);
          return await getPage(connection, request, what);
        },
        async ({ whyNotSpoken }, signal) =>
          credentials && await whyNotSpoken(what, address, credentials, signal),
        credentials,
      );
    },
  };
}

/** Does that; what is thrown is a failure, too. */
async function asResult<T>(
  what: string,
  { whyBroken }: Client,
  work: () => Promise<Result<T>>,
  shown?: Credentials,
): Promise<Result<T>> {
  try {
    return await work();
  } catch (thrown) {
    return { ok: false, failure: whyBroken(what, thrown, shown) };
  }
}
