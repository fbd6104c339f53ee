/**
 * Clients of one etcd in one process, with a connection and a watch each, in plain text or over TLS.
 *
 * Usage: trust_clients.ts COUNT CLIENT_URL [CA CERT KEY]. Takes a line, answers with one in JSON: `puts N`, how
 * long it took N times until the first client's watch told of what the last had put (ms); `back`, when each
 * client's watch stood again since the last time that all were broken (ms since 1970).
 *
 * @module
 */

import type { Credentials, PemFile } from "../../src/base/credentials.ts";
import { prefixRange } from "../../src/cluster/store/keys.ts";
import type { Store } from "../../src/cluster/store/store.ts";
import { openEtcdStore } from "../../src/etcd/client/store.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import { onHttp2Break } from "../../src/os/network/http2.ts";

const RANGE = prefixRange("/bench/");
const CALL = { deadlineMs: 5000 };
const KEY = "/bench/a";

const clock = createLocalClock();
const [count = "", clientUrl = "", ...files] = Deno.args;

function pem(path: string): PemFile {
  return { path, text: Deno.readTextFileSync(path) };
}

function credentials(): Credentials {
  const [ca, cert, key] = files.map(pem);
  return ca === undefined || cert === undefined || key === undefined
    ? "none"
    : { ca, cert, key, serverName: "mgmt-etcd" };
}

/** A client that is always watching. */
class Follower {
  readonly store: Store;
  /** When its watch stood again (ms since 1970); undefined: it does not. */
  backMs: number | undefined;
  heard: (value: string) => void = () => {};

  constructor() {
    const address = { clientUrls: [clientUrl], credentials: credentials() };
    this.store = openEtcdStore(address, { clock, onHttp2Break });
  }

  async follow(): Promise<void> {
    for (;;) {
      const got = await this.store.get(KEY, CALL);
      if (!got.ok) {
        await clock.sleep(100 + Math.random() * 100);
        continue;
      }
      this.store.watch(RANGE, got.value.revision + 1, {
        changed: (changes) => this.heard(changes.at(-1)?.entry?.value ?? ""),
        broken: () => {
          this.backMs = undefined;
          void this.follow();
        },
      });
      this.backMs = Date.now();
      return;
    }
  }
}

async function puts(followers: readonly Follower[], times: number): Promise<number[]> {
  const [first, last] = [followers[0]!, followers.at(-1)!];
  const took: number[] = [];
  for (let index = 0; index < times; index++) {
    const begunMs = performance.now();
    const told = new Promise<void>((resolve) => {
      first.heard = (value) => value === `${index}` && resolve();
    });
    const put = await last.store.put(KEY, `${index}`, CALL);
    if (!put.ok) throw new Error(put.failure.message);
    await told;
    took.push(performance.now() - begunMs);
  }
  return took;
}

const followers: Follower[] = [];
while (followers.length < Number(count)) {
  const some = Array.from({ length: Math.min(20, Number(count)) }, () => new Follower());
  await Promise.all(some.map((each) => each.follow()));
  followers.push(...some);
}
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const times = /^puts (\d+)/.exec(text)?.[1];
  const answer = times === undefined
    ? followers.map(({ backMs }) => backMs ?? null)
    : await puts(followers, Number(times));
  console.log(JSON.stringify(answer));
}
Deno.exit(0);
