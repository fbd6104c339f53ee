/** How hosts ask each other who they are before they have a cluster. */

import { parseJson } from "../../base/json.ts";
import { fail, type Failure, ok, type Result } from "../../base/result.ts";
import type { HelloDoor } from "../../cluster/agent/effect_runner_options.ts";
import { readHello } from "../../cluster/agent/hello.ts";
import {
  HELLO_PARAMETER,
  HELLO_PATH,
  type HelloServer,
  serveHello,
} from "../../os/network/hello_server.ts";
import type { HttpAnswer, Network } from "../../os/network/network.ts";

/** An answer is no longer than this. */
const ANSWER_BYTES = 64 * 1024;
/** What is read of the answer of something else. */
const OTHER_BYTES = 1024;

/** Where a host answers, and where it reaches what is at some addresses. */
export interface HelloPlace {
  readonly listenUrls?: readonly string[];
  readonly near?: ReadonlyMap<string, string>;
}

/** The question and the answer over HTTP. */
export function helloDoor(network: Network, { listenUrls, near }: HelloPlace = {}): HelloDoor {
  return {
    ask: async (told, hello, deadlineMs) => {
      const address = near?.get(told) ?? told;
      const url = new URL(HELLO_PATH, address);
      url.searchParams.set(HELLO_PARAMETER, JSON.stringify(hello));
      const page = await network.get({ url, timeoutMs: deadlineMs, bodyBytes: ANSWER_BYTES });
      if (!page.ok) return silent(address, page.failure);
      const answer = readHello(parseJson(page.value.body));
      return answer === undefined
        ? await somethingElse(network, address, page.value, deadlineMs)
        : ok(answer);
    },
    serve: (urls, answer) => {
      const servers: HelloServer[] = [];
      for (const url of listenUrls ?? urls) {
        const server = serveHello(url, answer);
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

/** Says why nobody answered, as far as that can be told. */
function silent(address: string, { code = "", message }: Failure): Result<never> {
  const why = message.replace(/^GET \S+: /, "");
  switch (code) {
    case "refused":
      return fail(`nothing listens at ${address}`, { code });
    case "timeout":
      return fail(`${address} does not answer`, { code });
    case "unknown-host":
      return fail(why.replace("the name", `the name ${new URL(address).hostname}`), { code });
    case "not-http":
      return fail(`${address} is neither etcd nor mgmt: ${why}`, { code: "stranger" });
    default:
      return fail(`${address} does not answer: ${why}`, { code });
  }
}

/** Says what it is that answers. */
async function somethingElse(
  network: Network,
  address: string,
  { status, reason, server }: HttpAnswer,
  timeoutMs: number,
): Promise<Result<never>> {
  const url = new URL("/version", address);
  const version = await network.get({ url, timeoutMs, bodyBytes: OTHER_BYTES });
  if (version.ok && version.value.body.includes("etcdserver")) {
    return await peerPort(network, address, timeoutMs) ??
      fail(`an etcd answers at ${address}, but its cluster does not`, { code: "etcd" });
  }
  // Whoever answers one question and not the next is about to end, or to begin.
  if (!version.ok) return silent(address, version.failure);
  const said = [`${status} ${reason}`.trim(), ...(server === undefined ? [] : [server])].join(", ");
  return fail(`${address} is neither etcd nor mgmt: an HTTP server answers there (${said})`, {
    code: "stranger",
  });
}

/** Members answer each other with the list of them, and clients nowhere: a usual mistake in seeds. */
async function peerPort(
  network: Network,
  address: string,
  timeoutMs: number,
): Promise<Result<never> | undefined> {
  const url = new URL("/members", address);
  const page = await network.get({ url, timeoutMs, bodyBytes: ANSWER_BYTES });
  const list = page.ok && page.value.status === 200 ? parseJson(page.value.body) : undefined;
  if (!Array.isArray(list) || !list.some((each) => Array.isArray(each?.peerURLs))) return undefined;
  const there = list.find((each) => each.peerURLs?.includes(address))?.clientURLs?.[0];
  const where = typeof there === "string" && URL.canParse(there) ? `, ${there}` : "";
  return fail(
    `${address} is a --server-urls (peer) port; give its --client-urls${where}`,
    { code: "peer-port" },
  );
}
