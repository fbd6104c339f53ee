// both runtimes: it serves and asks over HTTP

import { assert, assertEquals, assertMatch } from "@std/assert";
import { helloDoor } from "../../../src/app/cluster/hello_door.ts";
import type { Hello } from "../../../src/cluster/agent/hello.ts";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { createLocalNetwork } from "../../../src/os/network/local_network.ts";
import { endingWhereShutOut } from "../../../src/app/cluster/shut_out.ts";
import { fail, type Result } from "../../../src/base/result.ts";
import { testAuthority } from "../../support/trust.ts";
import { inDirectory } from "../../support/program.ts";
import { makeCertificates, page, serve } from "../../support/servers.ts";

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

Deno.test("where TLS is spoken a host without a certificate hears what to type, and never tries plain text", () =>
  inDirectory(async (directory) => {
    const file = await makeCertificates(directory);
    const tls = { cert: file("self.pem"), key: file("self.key") };
    using secure = serve({ says: page("{}"), tls });
    const found = await DOOR.ask(`http://127.0.0.1:${secure.port}`, HELLO, 2000);
    assert(!found.ok);
    assertEquals(found.failure.code, "speaks-tls");
    assertMatch(found.failure.hint ?? "", /mgmt cluster secret > FILE/);
    // As etcd says it, which answers nothing else there.
    using etcd = serve({
      says: page("Client sent an HTTP request to an HTTPS server.", "400 Bad"),
    });
    const told = await DOOR.ask(`http://127.0.0.1:${etcd.port}`, HELLO, 2000);
    assertEquals(!told.ok && told.failure.code, "speaks-tls");
    // And the other way round: it asks again nowhere in plain text.
    using plain = serve({ says: page("{}") });
    const { secret, issue } = await testAuthority();
    const { cert, key } = await issue({ type: "root" });
    const pem = (text: string) => ({ path: "", text });
    const credentials = { ca: pem(secret.cert), cert: pem(cert), key: pem(key) };
    const door = helloDoor(NETWORK, { credentials, listenAt: [] });
    const down = await door.ask(`https://127.0.0.1:${plain.port}`, HELLO, 2000);
    assertEquals(!down.ok && down.failure.code, "speaks-plain", JSON.stringify(down));
    assertEquals(plain.heard.filter((text) => text.startsWith("GET")), []);
  }));

Deno.test("a TLS cluster ends the run of who was sent there without a certificate, once; nobody else's", async () => {
  const ends: string[] = [];
  let belongs = false;
  const answers: Record<string, Result<Hello>> = {
    "http://a:1": fail("speaks TLS", { code: "speaks-tls" }),
    "http://b:1": fail("nobody", { code: "refused" }),
  };
  const door = endingWhereShutOut(
    { ask: (url) => Promise.resolve(answers[url]!), serve: () => fail("not here") },
    {
      seeds: ["http://a:1", "http://b:1"],
      belongs: () => belongs,
      tell: (fact) => ends.push(fact.what),
      refused: () => ends.push("refused"),
    },
  );
  await door.ask("http://b:1", HELLO, 1);
  answers["http://c:1"] = answers["http://a:1"]!;
  await door.ask("http://c:1", HELLO, 1);
  belongs = true;
  await door.ask("http://a:1", HELLO, 1);
  assertEquals(ends, []);
  belongs = false;
  for (const _ of "12") await door.ask("http://a:1", HELLO, 1);
  assertEquals(ends, ["not-let-in", "refused"]);
});
