/**
 * Many clients that collect, in one process: the program's own exchange, each with its own connection.
 *
 * Usage: collectors.ts CLIENT_URL HOST... — one client for each word, which collects from that host. Takes a
 * line, answers with one: `reset` and `report`, how many were woken and when the last one was.
 *
 * @module
 */

import { Exchange } from "../../src/cluster/exchange/exchange.ts";
import { openEtcdStore } from "../../src/etcd/client/store.ts";
import { onHttp2Break } from "../../src/os/network/http2.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";

/** What has happened since the last `reset`; the time since 1970. */
export interface Report {
  readonly woken: number;
  readonly lastMs: number;
  /** Clients that wait for their first list. */
  readonly pending: number;
}

/** Connections that are made at the same time. */
const AT_ONCE = 20;

if (import.meta.main) await main();

async function main(): Promise<void> {
  const [clientUrl = "", ...hosts] = Deno.args;
  let [woken, lastMs] = [0, 0];
  const clock = createLocalClock();
  const begin = (host: string, index: number) => {
    const exchange = new Exchange({
      host: `client${Deno.pid}-${index}`,
      hostId: `${index}`,
      clock,
      memory: { load: () => undefined, save: () => {} },
      noop: true,
      waitMs: 120_000,
      condition: () => [],
      tell: console.error,
      collected: () => {
        woken++;
        lastMs = performance.timeOrigin + performance.now();
      },
      settled: () => {},
    });
    exchange.graph([], [{ kind: "file", host, allow: [], owner: false, withdrawn: "keep" }]);
    exchange.attach(openEtcdStore({ clientUrls: [clientUrl] }, { clock, onHttp2Break }));
    return exchange;
  };
  const exchanges: Exchange[] = [];
  for (const [index, host] of hosts.entries()) {
    exchanges.push(begin(host, index));
    while (exchanges.filter(({ pending }) => pending).length >= AT_ONCE) await clock.sleep(5);
  }
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    if (text.includes("reset")) woken = 0;
    const pending = exchanges.filter((each) => each.pending).length;
    console.log(JSON.stringify({ woken, lastMs, pending } satisfies Report));
  }
  Deno.exit(0);
}
