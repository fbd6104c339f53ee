/** How hosts ask each other who they are before they have a cluster. */

import { type Address, addressText, hostAndPort, pageAt, readAddress } from "../../base/address.ts";
import type { Credentials, MemberCredentials } from "../../base/credentials.ts";
import { parseJson } from "../../base/json.ts";
import { fail, type Failure, ok, type Result } from "../../base/result.ts";
import type { HelloDoor } from "../../cluster/agent/effect_runner_options.ts";
import { readHello } from "../../cluster/agent/hello.ts";
import { guardedPlace } from "./hello_guard.ts";
import { JOIN_LINES } from "./trust_mode.ts";
import {
  HELLO_PARAMETER,
  HELLO_PATH,
  type HelloServer,
  serveHello,
} from "../../os/network/hello_server.ts";
import type { HttpAnswer, Network } from "../../os/network/network.ts";

/** The answer to whom nothing is told. */
const FORBIDDEN = 403;
/** An answer is no longer than this. */
const ANSWER_BYTES = 64 * 1024;
/** What is read of the answer of something else. */
const OTHER_BYTES = 1024;

/** Where a host answers and where it reaches what is at some addresses, and what it shows there. */
export interface HelloPlace {
  readonly credentials: Credentials;
  /** What it shows where it answers over TLS, and whom it believes; absent: it answers in plain text. */
  readonly member?: MemberCredentials | "none";
  /** None: it only asks. */
  readonly listenAt: readonly Address[];
  readonly near?: ReadonlyMap<string, Address>;
}

/** Gets a page of that address. */
type GetPage = (path: URL | string, bodyBytes: number) => ReturnType<Network["get"]>;

/** The question and the answer over HTTP. */
export function helloDoor(network: Network, place: HelloPlace): HelloDoor {
  const { credentials, member = "none", listenAt, near } = place;
  return {
    ask: async (told, hello, deadlineMs) => {
      // Others say where to ask, and may say anything.
      const address = near?.get(told) ?? readAddress(told);
      if (address === undefined) return fail(`${told} is no address`, { code: "no-address" });
      const get: GetPage = (path, bodyBytes) => {
        const url = path instanceof URL ? path : pageAt(address, path);
        return network.get({ url, credentials, timeoutMs: deadlineMs, bodyBytes });
      };
      const url = pageAt(address, HELLO_PATH);
      url.searchParams.set(HELLO_PARAMETER, JSON.stringify(hello));
      const page = await get(url, ANSWER_BYTES);
      if (page.ok && page.value.status === FORBIDDEN) return notAnswered(address, page.value);
      const answer = page.ok ? readHello(parseJson(page.value.body)) : undefined;
      if (answer !== undefined) return ok(answer);
      return page.ok
        ? await somethingElse(get, address, page.value)
        : silent(address, page.failure);
    },
    serve: (answer) => {
      const servers: HelloServer[] = [];
      for (const address of listenAt) {
        const server = serveHello(guardedPlace(address, member, near), answer);
        if (server.ok) servers.push(server.value);
        else {
          for (const open of servers) void open.close();
          return server;
        }
      }
      return ok({ close: async () => void await Promise.all(servers.map((one) => one.close())) });
    },
  };
}

/** What Go's servers, and so etcd, answer to plain text where they speak TLS. */
const TO_HTTPS = "HTTP request to an HTTPS server";

/** A host that is not told anything hears why. */
function notAnswered(at: Address, { body }: HttpAnswer): Result<never> {
  return fail(`${addressText(at)} does not answer this host: ${body}`, {
    code: "untrusted",
    hint: "is it in the same cluster as this host?",
  });
}

/** Says why nobody answered, as far as that can be told. */
function silent(at: Address, { code = "", message, hint }: Failure): Result<never> {
  const address = addressText(at);
  const why = message.replace(/^GET \S+: /, "");
  switch (code) {
    case "refused":
      return fail(`nothing listens at ${address}`, { code });
    case "timeout":
      return fail(`${address} does not answer`, { code });
    case "unknown-host":
      return fail(why.replace("the name", `the name ${at.host}`), { code });
    case "not-http":
      return fail(`${address} is neither etcd nor mgmt: ${why}`, { code: "stranger" });
    case "speaks-tls":
      return shutOut(at);
    case "speaks-plain":
    case "untrusted":
      return fail(`${address}: ${why}`, { code, ...(hint === undefined ? {} : { hint }) });
    default:
      return fail(`${address} does not answer: ${why}`, { code });
  }
}

function shutOut(at: Address): Result<never> {
  return fail(`the cluster at ${hostAndPort(at)} speaks TLS, and this host has no certificate`, {
    code: "speaks-tls",
    hint: JOIN_LINES,
  });
}

/** Says what it is that answers. */
async function somethingElse(
  get: GetPage,
  at: Address,
  { status, reason, server, body }: HttpAnswer,
): Promise<Result<never>> {
  const address = addressText(at);
  if (body.includes(TO_HTTPS)) return shutOut(at);
  const version = await get("/version", OTHER_BYTES);
  if (version.ok && version.value.body.includes("etcdserver")) {
    return await peerPort(get, address) ??
      fail(`an etcd answers at ${address}, but its cluster does not`, { code: "etcd" });
  }
  // Whoever answers one question and not the next is about to end, or to begin.
  if (!version.ok) return silent(at, version.failure);
  const said = [`${status} ${reason}`.trim(), ...(server === undefined ? [] : [server])].join(", ");
  return fail(`${address} is neither etcd nor mgmt: an HTTP server answers there (${said})`, {
    code: "stranger",
  });
}

/** Members answer each other with the list of them, and clients nowhere: a usual mistake in seeds. */
async function peerPort(get: GetPage, address: string): Promise<Result<never> | undefined> {
  const page = await get("/members", ANSWER_BYTES);
  const list = page.ok && page.value.status === 200 ? parseJson(page.value.body) : undefined;
  if (!Array.isArray(list) || !list.some((each) => Array.isArray(each?.peerURLs))) return undefined;
  const there = list.find((each) => each.peerURLs?.includes(address))?.clientURLs?.[0];
  const where = typeof there === "string" && readAddress(there) !== undefined ? `, ${there}` : "";
  return fail(
    `${address} is a --server-urls (peer) port; give its --client-urls${where}`,
    { code: "peer-port" },
  );
}
