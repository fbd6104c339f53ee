/** Asking an agent that may be anything but well. */

import { assert, assertStringIncludes } from "@std/assert";
import { askAgent } from "../../../src/app/control/ask_agent.ts";
import { readObject } from "../../../src/app/control/ask_reading.ts";
import { controlSocketPath } from "../../../src/app/control/socket_places.ts";
import type { Clock } from "../../../src/os/clock.ts";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { inDirectory } from "../../support/program.ts";

Deno.test("an agent that takes connections and answers none, as one that is stopped, is told of", async () => {
  await inDirectory(async (prefix) => {
    const stopped = Deno.listen({ transport: "unix", path: controlSocketPath(prefix) });
    const ending = new AbortController();
    const clock = createLocalClock();
    const hurried: Clock = {
      ...clock,
      after: (delayMs, action) => clock.after(delayMs / 100, action),
    };
    const question = { method: "POST", path: "/v1/leave", signal: ending.signal } as const;
    const asking = askAgent(prefix, question, hurried);
    const heard = await Promise.race([asking, clock.sleep(10_000, ending.signal)]);
    ending.abort();
    await asking;
    stopped.close();
    assert(heard !== undefined, "whoever asks waits for ever");
    assert(!heard.ok && heard.failure.code === "silent");
    assertStringIncludes(heard.failure.message, "does not answer");
  });
});

Deno.test("an answer that begins and does not end is told of, and holds up nobody", async () => {
  await inDirectory(async (prefix) => {
    const socket = Deno.listen({ transport: "unix", path: controlSocketPath(prefix) });
    const ending = new AbortController();
    const clock = createLocalClock();
    const hurried: Clock = {
      ...clock,
      after: (delayMs, action) => clock.after(delayMs / 100, action),
    };
    const taken = (async () => {
      const connection = await socket.accept();
      await connection.read(new Uint8Array(4096));
      await connection.write(new TextEncoder().encode('HTTP/1.1 200 OK\r\n\r\n{"never":'));
      return connection;
    })();
    const question = { method: "GET", path: "/v1/status" } as const;
    const asking = readObject({ flags: new Map([["prefix", prefix]]) }, question, hurried);
    const heard = await Promise.race([asking, clock.sleep(10_000, ending.signal)]);
    ending.abort();
    (await taken).close();
    socket.close();
    assert(heard !== undefined, "whoever asks waits for ever");
    assert(!heard.ok && heard.failure.code === "silent");
    assertStringIncludes(heard.failure.message, "did not end");
  });
});

Deno.test("an agent that ends with a question unread has closed the connection, in words", async () => {
  await inDirectory(async (prefix) => {
    const socket = Deno.listen({ transport: "unix", path: controlSocketPath(prefix) });
    const ending = socket.accept().then((connection) => connection.close());
    const asked = await askAgent(
      prefix,
      { method: "GET", path: "/v1/status" },
      createLocalClock(),
    );
    await ending;
    socket.close();
    assert(!asked.ok && asked.failure.code === "closed");
    assertStringIncludes(asked.failure.message, "was closed without an answer");
  });
});
