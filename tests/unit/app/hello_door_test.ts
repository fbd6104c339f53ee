// both runtimes: it serves and asks over HTTP

import { assert, assertEquals } from "@std/assert";
import { helloDoor } from "../../../src/app/cluster/hello_door.ts";
import type { Hello } from "../../../src/cluster/agent/hello.ts";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { createLocalNetwork } from "../../../src/os/network/local_network.ts";

const NETWORK = createLocalNetwork({ clock: createLocalClock() });
const DOOR = helloDoor(NETWORK, { credentials: "none", listenAt: [] });
const HELLO: Hello = { id: "me", cluster: "none", clientUrls: [], hosts: [], endpoints: [] };

/** What a host hears of whoever answers its questions so, one after the other. */
async function heard(...answers: string[]): Promise<string | undefined> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const serving = (async () => {
    for (const answer of answers) {
      const connection = await listener.accept();
      await connection.read(new Uint8Array(4096));
      if (answer !== "") await connection.write(new TextEncoder().encode(answer));
      connection.close();
    }
  })();
  try {
    const found = await DOOR.ask(`http://127.0.0.1:${port}`, HELLO, 2000);
    assert(!found.ok);
    return found.failure.code;
  } finally {
    listener.close();
    await serving;
  }
}

Deno.test("an address that is just handed over is silent, and nothing strange", async () => {
  const page = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
  // A server that ends, and an etcd that begins: neither may be taken for something else.
  assertEquals(await heard(""), "hung-up");
  assertEquals(await heard(page, ""), "hung-up");
  assertEquals(await heard(page, page), "stranger");
  assertEquals(await heard("SSH-2.0-OpenSSH_9.2\r\n"), "stranger");
});

Deno.test("what others name and is no address has no answer, and ends nothing", async () => {
  for (const told of ["", "nowhere", "a:1", "ftp://a:1"]) {
    const asked = await DOOR.ask(told, HELLO, 2000).catch((thrown) => thrown);
    assertEquals(asked.failure?.message, `${told} is no address`);
  }
});
