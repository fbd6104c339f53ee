import { assert, assertEquals } from "@std/assert";
import { readdirSync } from "node:fs";
import type { TlsCredentials } from "../../../src/base/credentials.ts";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { createLocalNetwork } from "../../../src/os/network/local_network.ts";
import { isSoon } from "../../support/polling.ts";
import { TlsFiles } from "../../support/tls_files.ts";

const network = createLocalNetwork({ clock: createLocalClock() });

function descriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

/** Asks somebody who takes connections and does that with them; how each ended. */
async function asked(
  credentials: TlsCredentials,
  times: number,
  meet: (connection: Deno.Conn) => void,
): Promise<(string | undefined)[]> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const taken: Deno.Conn[] = [];
  const taking = (async () => {
    for await (const connection of listener) {
      taken.push(connection);
      meet(connection);
    }
  })().catch(() => {});
  const url = new URL(`https://127.0.0.1:${listener.addr.port}/`);
  const codes = [];
  for (let count = 0; count < times; count++) {
    const page = await network.get({ url, credentials, timeoutMs: 100, bodyBytes: 10 });
    codes.push(page.ok ? "answered" : page.failure.code);
  }
  listener.close();
  await taking;
  for (const connection of taken) {
    try {
      connection.close();
    } catch {
      // Done by `meet`.
    }
  }
  return codes;
}

Deno.test({
  name: "a handshake that is given up, or broken off, leaves no connection behind",
  // The end of a connection is seen a moment later.
  ...{ sanitizeOps: false, sanitizeResources: false },
  fn: async () => {
    using files = await TlsFiles.make();
    const credentials = files.client();
    // What is opened once and stays.
    await asked(credentials, 1, () => {});
    const before = descriptors();
    const silent = await asked(credentials, 10, () => {});
    assertEquals([...new Set(silent)], ["timeout"]);
    const isAsBefore = () => descriptors() <= before;
    assert(await isSoon(isAsBefore), `${descriptors()} descriptors, before ${before}`);
    const broken = await asked(credentials, 10, (connection) => connection.close());
    assertEquals([...new Set(broken)], ["closed"]);
    assert(await isSoon(isAsBefore), `${descriptors()} descriptors, before ${before}`);
  },
});

Deno.test({
  name: "while the other side still says nothing, what was given up is closed already",
  ...{ sanitizeOps: false, sanitizeResources: false },
  fn: async () => {
    using files = await TlsFiles.make();
    let ended = 0;
    const hear = (connection: Deno.Conn) => {
      const buffer = new Uint8Array(4096);
      const read = async () => {
        while (await connection.read(buffer) !== null);
        ended++;
      };
      void read().catch(() => {});
    };
    const listening = asked(files.client(), 5, hear);
    assertEquals([...new Set(await listening)], ["timeout"]);
    assert(ended >= 4, `${ended} of 5 connections were ended`);
  },
});
