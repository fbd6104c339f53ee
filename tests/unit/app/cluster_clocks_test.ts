// both runtimes: it asks over HTTP

import { assertEquals } from "@std/assert";
import { farClock } from "../../../src/cluster/admin/clock_check.ts";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { createLocalNetwork } from "../../../src/os/network/local_network.ts";
import { textOf } from "../../support/cluster_news.ts";

const clock = createLocalClock();
const credentials = "none";
const host = { clock, network: createLocalNetwork({ clock }), credentials } as const;

/** Servers whose clocks are so many milliseconds ahead; undefined: one without a date. */
async function lineFor(...aheadMs: (number | undefined)[]): Promise<string | undefined> {
  const listeners = aheadMs.map((each) => serveDate(each));
  const urls = listeners.map(({ addr }) => `http://127.0.0.1:${(addr as Deno.NetAddr).port}`);
  try {
    const line = await farClock(urls, host, new AbortController().signal);
    return urls.reduce(
      (text, url, index) => text?.replaceAll(url, `h${index}`),
      line && textOf({ what: "clocks-apart", ...line }),
    );
  } finally {
    for (const listener of listeners) listener.close();
  }
}

function serveDate(aheadMs: number | undefined): Deno.Listener {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  void (async () => {
    for await (const connection of listener) {
      await connection.read(new Uint8Array(4096));
      const now = new Date(Date.now() + (aheadMs ?? 0));
      const date = aheadMs === undefined ? "" : `Date: ${now.toUTCString()}\r\n`;
      const text = `HTTP/1.1 404 Not Found\r\n${date}Content-Length: 0\r\n\r\n`;
      await connection.write(new TextEncoder().encode(text));
      connection.close();
    }
  })();
  return listener;
}

Deno.test("a clock far off is said, by how much, and against whom", async () => {
  const hour = 3600_000;
  assertEquals(
    await lineFor(0, hour + 60_500),
    "the clock of this host is 1 h 1 min behind that of h1: set the wrong one right",
  );
  assertEquals(
    // Dates are whole seconds: which of two that are the same is farther is up to chance.
    await lineFor(-hour - 63_500, -hour - 60_500),
    "the clock of this host is 1 h 1 min ahead of that of h0, and of 1 more: " +
      "set the wrong one right",
  );
});

Deno.test("clocks that agree within seconds, and answers without a date, are no matter", async () => {
  assertEquals(await lineFor(0, 3000, -3000, undefined), undefined);
  assertEquals(await lineFor(), undefined);
});

Deno.test("who does not answer has no clock", async () => {
  const { signal } = new AbortController();
  assertEquals(await farClock(["http://127.0.0.1:1"], host, signal), undefined);
  const stopped = AbortSignal.abort();
  assertEquals(await farClock(["http://127.0.0.1:1"], host, stopped), undefined);
  // Whoever is in the cluster names addresses, and may name anything.
  const named = await farClock(["nowhere"], host, signal).catch(() => "it broke off");
  assertEquals(named, undefined);
});
