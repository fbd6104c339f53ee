/** How hosts ask each other who they are before they have a cluster. */

import { fail, ok, type Result } from "../base/result.ts";
import type { HelloDoor } from "../cluster/driver.ts";
import { HELLO_PARAMETER, HELLO_PATH, type HelloServer, serveHello } from "../host/hello_server.ts";
import type { Network } from "../host/network.ts";

/** An answer is no longer than this. */
const ANSWER_BYTES = 64 * 1024;

/** The question and the answer over HTTP. */
export function helloDoor(network: Network): HelloDoor {
  return {
    ask: async (address, hello, deadlineMs) => {
      const url = new URL(HELLO_PATH, address);
      url.searchParams.set(HELLO_PARAMETER, JSON.stringify(hello));
      const page = await network.get({ url, timeoutMs: deadlineMs, bodyBytes: ANSWER_BYTES });
      if (!page.ok) return page;
      if (page.value.status !== 200) return fail(`${address} answers ${page.value.status}`);
      return read(page.value.body, address);
    },
    serve: (urls, answer) => {
      const servers: HelloServer[] = [];
      for (const url of urls) {
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

function read(body: string, address: string): Result<unknown> {
  try {
    return ok(JSON.parse(body));
  } catch {
    return fail(`${address} does not answer as a host of mgmt does`);
  }
}
