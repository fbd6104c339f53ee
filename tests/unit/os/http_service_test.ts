/** Answers that go on: as long as somebody takes them, and no longer. */

import { assert } from "@std/assert";
import { join } from "node:path";
import { serveRequest } from "../../../src/os/network/listen/http_service.ts";
import { listenAtFile } from "../../../src/os/network/listen/socket_file.ts";
import { eventually } from "../../support/processes.ts";
import { inDirectory } from "../../support/program.ts";

const STALL_MS = 300;

/** A socket that answers each question with lines without end, as they are wanted. */
async function answering(
  line: () => Promise<string>,
  test: (ask: () => Promise<Deno.UnixConn>, ended: () => number) => Promise<void>,
): Promise<void> {
  await inDirectory(async (directory) => {
    let ended = 0;
    const lines = async function* () {
      try {
        for (;;) yield await line();
      } finally {
        ended++;
      }
    };
    const path = join(directory, "s");
    const service = {
      answer: () => ({ status: 200, body: lines() }),
      refuse: () => ({ status: 400, body: "" }),
      times: () => ({ stallMs: STALL_MS }),
    };
    const limits = { connectionsMax: 8, connectionMs: STALL_MS };
    const opened = listenAtFile({ path }, limits, (each) => serveRequest(each, service));
    assert(opened.ok);
    const ask = async () => {
      const connection = await Deno.connect({ transport: "unix", path });
      await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nhost: x\r\n\r\n"));
      return connection;
    };
    try {
      await test(ask, () => ended);
    } finally {
      await opened.value.close();
    }
  });
}

Deno.test("a stream: who takes nothing of it is left after a while, and nobody works for him any more", () =>
  answering(() => Promise.resolve("x".repeat(10_000)), async (ask, ended) => {
    using _stalled = await ask();
    assert(await eventually(() => ended() === 1), "it goes on for who does not read");
  }));

Deno.test("a stream: who waits for what does not come is not left, also after the time of a question", () => {
  const first = Promise.withResolvers<string>();
  return answering(() => first.promise, async (ask, ended) => {
    using connection = await ask();
    const buffer = new Uint8Array(1000);
    await connection.read(buffer);
    await new Promise((resolve) => setTimeout(resolve, 3 * STALL_MS));
    assert(ended() === 0);
    first.resolve("late");
    const count = await connection.read(buffer) ?? 0;
    assert(new TextDecoder().decode(buffer.subarray(0, count)).startsWith("late"));
  });
});
