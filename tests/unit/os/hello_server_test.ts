/** The server that stands where etcd will be: what strangers may do to it, and hear from it. */

import { assert, assertEquals } from "@std/assert";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { HELLO_PATH, type HelloServer, serveHello } from "../../../src/os/network/hello_server.ts";
import { createLocalNetwork } from "../../../src/os/network/local_network.ts";
import { freePort } from "../../support/free_port.ts";
import { at } from "../../support/address.ts";

const network = createLocalNetwork({ clock: createLocalClock() });

/** Runs with a server that answers with its question. */
async function withServer(test: (port: number) => Promise<void>): Promise<void> {
  const port = freePort();
  const opened = serveHello(
    { address: at(`http://127.0.0.1:${port}`) },
    (question) => `{"heard":"${question}"}`,
  );
  assert(opened.ok, JSON.stringify(opened));
  const server: HelloServer = opened.value;
  try {
    await test(port);
  } finally {
    await server.close();
  }
}

async function hello(port: number, question: string): Promise<string> {
  const url = new URL(`${HELLO_PATH}?from=${question}`, `http://127.0.0.1:${port}`);
  const page = await network.get({ url, timeoutMs: 10_000, bodyBytes: 1000 });
  assert(page.ok, JSON.stringify(page));
  return page.value.body;
}

/** What is answered to this text, until the other side ends the connection. */
async function answerTo(port: number, text: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(text));
  return await new Response(connection.readable).text();
}

function statusOf(answer: string): string {
  return answer.split("\r\n", 1)[0]!;
}

Deno.test("whoever opens a thousand connections keeps nobody else from an answer", async () => {
  await withServer(async (port) => {
    const connections: Deno.TcpConn[] = [];
    let ended = 0;
    for (let count = 0; count < 1000; count++) {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      connections.push(connection);
      void connection.read(new Uint8Array(1)).catch(() => null).then(() => ended++);
      if (count % 100 === 99) assertEquals(await hello(port, `${count}`), `{"heard":"${count}"}`);
    }
    const endedByThen = ended;
    for (const connection of connections) connection.close();
    // Most were ended for those that came later.
    assert(endedByThen > 800, `only ${endedByThen} were ended`);
  });
});

Deno.test("a question that is none is refused, and the next one is answered", async () => {
  await withServer(async (port) => {
    const status = async (text: string) => statusOf(await answerTo(port, text));
    const host = "Host: a\r\n";
    const BAD = "HTTP/1.1 400 Bad Request";
    assertEquals(await status(`GET ${HELLO_PATH} HTTP/1.1\r\nHost: a b\r\n\r\n`), BAD);
    assertEquals(await status(`GET ${HELLO_PATH} HTTP/1.1\r\nHost: a/b\r\n\r\n`), BAD);
    assertEquals(await status(`GET ${HELLO_PATH} HTTP/1.1\r\n${host}${host}\r\n`), BAD);
    assertEquals(await status(`GET ${HELLO_PATH} HTTP/1.1\r\n\r\n`), BAD);
    assertEquals(await status(`nonsense\r\n${host}\r\n`), BAD);
    assertEquals(
      await status(`POST ${HELLO_PATH} HTTP/1.1\r\n${host}\r\n`),
      "HTTP/1.1 404 Not Found",
    );
    assertEquals(await status(`GET /else HTTP/1.1\r\n${host}\r\n`), "HTTP/1.1 404 Not Found");
    assertEquals(
      await status(`GET ${HELLO_PATH}?from=${"a".repeat(70_000)} HTTP/1.1\r\n${host}\r\n`),
      "HTTP/1.1 414 URI Too Long",
    );
    assertEquals(
      await status(`GET http://a${HELLO_PATH}?from=x HTTP/1.1\r\nHost: [::1]:80\r\n\r\n`),
      "HTTP/1.1 200 OK",
    );
    assertEquals(await hello(port, "again"), '{"heard":"again"}');
  });
});

Deno.test("an address that was given up can be listened at again at once, whoever hangs on", async () => {
  const port = freePort();
  for (let round = 0; round < 3; round++) {
    const opened = serveHello({ address: at(`http://127.0.0.1:${port}`) }, () => "{}");
    assert(opened.ok, JSON.stringify(opened));
    using hanging = await Deno.connect({ hostname: "127.0.0.1", port });
    await hanging.write(new TextEncoder().encode("GET / HT"));
    const late = Promise.withResolvers<string>();
    const limit = setTimeout(() => late.resolve("hangs"), 60_000);
    const closed = opened.value.close().then(() => "closed");
    assertEquals(await Promise.race([closed, late.promise]), "closed");
    clearTimeout(limit);
  }
});
