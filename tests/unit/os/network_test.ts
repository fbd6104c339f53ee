import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Failure, Result } from "../../../src/base/result.ts";
import { LIMITS } from "../../../src/base/limits.ts";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { createLocalNetwork } from "../../../src/os/network/local_network.ts";
import type { HttpAnswer } from "../../../src/os/network/network.ts";
import { explainTls } from "../../../src/os/network/tls_reason.ts";
import { inDirectory } from "../../support/program.ts";
import { makeCertificates, page, serve } from "../../support/servers.ts";

const network = createLocalNetwork({ clock: createLocalClock() });

const PATIENT = 10_000;

function get(
  url: string,
  { bodyBytes = 1000, ...more }: { bodyBytes?: number; timeoutMs?: number; signal?: AbortSignal } =
    {},
): Promise<Result<HttpAnswer>> {
  return network.get({ url: new URL(url), bodyBytes, timeoutMs: PATIENT, ...more });
}

/** A page that is there. */
async function got(port: number, bodyBytes = 1000): Promise<HttpAnswer> {
  const result = await get(`http://127.0.0.1:${port}/`, { bodyBytes });
  assert(result.ok, JSON.stringify(result));
  return result.value;
}

function failed(result: Result<unknown>): Failure {
  assert(!result.ok, JSON.stringify(result));
  return result.failure;
}

/** A port that nothing listens on: nobody has used its service for decades. */
const CLOSED = 1;

Deno.test("a connection is made, by address and by name", async () => {
  using server = serve({ stays: true });
  for (const host of ["127.0.0.1", "localhost"]) {
    const made = await network.connect({ host, port: server.port, timeoutMs: PATIENT });
    assertEquals(made, { ok: true, value: undefined });
  }
});

Deno.test("why there is no connection is said", async () => {
  const port = CLOSED;
  const why = async (host: string) => {
    const { message, code } = failed(await network.connect({ host, port, timeoutMs: PATIENT }));
    return [message, code];
  };
  assertEquals(await why("127.0.0.1"), [`connect to 127.0.0.1:${port}: refused`, "refused"]);
  assertEquals(await why("::1"), [`connect to [::1]:${port}: refused`, "refused"]);
  assertEquals(await why("no-such-host.invalid"), [
    `connect to no-such-host.invalid:${port}: the name cannot be looked up: nobody knows it`,
    "unknown-host",
  ]);
});

/** A port that takes no more connections: its queue is full. */
async function withFullPort(test: (port: number) => Promise<void>): Promise<void> {
  const script = `
import socket, sys
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(0)
waiting = []
for i in range(4):
    c = socket.socket(); c.setblocking(False); c.connect_ex(s.getsockname()); waiting.append(c)
print(s.getsockname()[1], flush=True)
sys.stdin.read()`;
  const child = new Deno.Command("python3", {
    args: ["-c", script],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  try {
    await test(Number(new TextDecoder().decode((await reader.read()).value)));
  } finally {
    await child.stdin.close();
    await reader.cancel();
    await child.status;
  }
}

Deno.test("a connection that is neither made nor refused ends at its deadline", async () => {
  await withFullPort(async (port) => {
    const slow = failed(await network.connect({ host: "127.0.0.1", port, timeoutMs: 100 }));
    assertEquals(slow.message, `connect to 127.0.0.1:${port}: no answer within 0.1 s`);
    assertEquals(slow.code, "timeout");
    const stop = new AbortController();
    const waiting = network.connect({
      host: "127.0.0.1",
      port,
      timeoutMs: PATIENT,
      signal: stop.signal,
    });
    stop.abort();
    assertEquals(failed(await waiting).code, "stopped");
  });
});

Deno.test("a page is got with its status, whatever the environment says of proxies", async () => {
  using server = serve({ says: page("all is well", "503 Out to lunch", "Location: /menu\r\n") });
  Deno.env.set("http_proxy", "http://127.0.0.1:9");
  try {
    const url = `http://127.0.0.1:${server.port}/a%20b?c=d#e`;
    const result = await get(url);
    assertEquals(result, {
      ok: true,
      value: {
        status: 503,
        reason: "Out to lunch",
        location: "/menu",
        body: "all is well",
        cut: false,
      },
    });
    const [first, ...headers] = server.heard[0]?.split("\r\n") ?? [];
    assertEquals(first, "GET /a%20b?c=d HTTP/1.1");
    assert(headers.includes(`Host: 127.0.0.1:${server.port}`));
  } finally {
    Deno.env.delete("http_proxy");
  }
});

const CHUNKS = "4\r\nsome\r\n6;x=y\r\n words\r\n0\r\n\r\n";

Deno.test("bodies of all three forms are read, and cut where they are long", async () => {
  const forms = {
    "by length": page("some words"),
    "in chunks": `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`,
    "to the end": "HTTP/1.0 200 OK\r\n\r\nsome words",
    "after a preliminary answer": `HTTP/1.1 103 Early\r\nLink: x\r\n\r\n${page("some words")}`,
    "with bare line ends": "HTTP/1.1 200\nServer: x\n\nsome words",
  };
  for (const [form, says] of Object.entries(forms)) {
    using server = serve({ says });
    const { status, body, cut } = await got(server.port);
    assertEquals([form, status, body, cut], [form, 200, "some words", false]);
    const short = await got(server.port, 6);
    assertEquals([form, short.body, short.cut], [form, "some w", true]);
    assertEquals((await got(server.port, 0)).body, "");
  }
});

Deno.test("a server that sends without end is not listened to without end", async () => {
  using endless = serve({ says: page("x".repeat(4_000_000)) });
  const { body, cut } = await got(endless.port, 100_000);
  assertEquals([body.length, cut], [100_000, true]);
  using head = serve({ says: `HTTP/1.1 200 OK\r\nX: ${"x".repeat(LIMITS.httpHeadBytes)}\r\n\r\n` });
  assertEquals(failed(await get(`http://127.0.0.1:${head.port}/`)).code, "not-http");
  using greetings = serve({ says: "HTTP/1.1 100 Continue\r\n\r\n".repeat(1000), stays: true });
  assertEquals(failed(await get(`http://127.0.0.1:${greetings.port}/`)).code, "not-http");
});

Deno.test("what is no web server is told from one that is silent", async () => {
  using ssh = serve({ says: "SSH-2.0-OpenSSH_9.2p1\r\n", first: true });
  using hangsUp = serve({});
  using silent = serve({ stays: true });
  using garbled = serve({ says: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nword\r\n" });
  const why = async (port: number, timeoutMs = PATIENT) =>
    failed(await get(`http://127.0.0.1:${port}/path?secret=1`, { timeoutMs }));
  assertEquals(
    (await why(ssh.port)).message,
    `GET http://127.0.0.1:${ssh.port}/path?…: what answers there does not speak HTTP: ` +
      '"SSH-2.0-OpenSSH_9.2p1"',
  );
  assertEquals((await why(hangsUp.port)).code, "hung-up");
  assertEquals((await why(garbled.port)).code, "not-http");
  assertEquals(
    (await why(silent.port, 100)).message,
    `GET http://127.0.0.1:${silent.port}/path?…: no answer within 0.1 s`,
  );
});

Deno.test("TLS: the machine's certificates count, and what is wrong with one is said", async () => {
  await inDirectory(async (directory) => {
    const file = await makeCertificates(directory);
    const serveAs = (name: string) =>
      serve({ says: page("hello"), tls: { cert: file(`${name}.pem`), key: file(`${name}.key`) } });
    using good = serveAs("good");
    using other = serveAs("other");
    using self = serveAs("self");
    using plain = serve({ says: page("hello") });
    using silent = serve({ stays: true });
    const former = Deno.env.get("SSL_CERT_FILE");
    const ask = (port: number, host = "localhost") => get(`https://${host}:${port}/`);
    // First, because the runtime may keep for good what it reads itself at its first connection.
    Deno.env.set("SSL_CERT_FILE", "/dev/null");
    try {
      const unknown = failed(await ask(good.port));
      assertEquals(unknown.code, "tls");
      assertMatch(unknown.message, /nobody whom this machine trusts/);
      Deno.env.set("SSL_CERT_FILE", `${directory}/ca.pem`);
      const said = await ask(good.port);
      assertEquals(said.ok && said.value.body, "hello");
      const why = async (port: number, host?: string) => {
        const { message, code } = failed(await ask(port, host));
        assertEquals(code, "tls");
        return message.replace(/^GET \S+: /, "");
      };
      assertEquals(
        await why(good.port, "127.0.0.1"),
        "its certificate is for localhost, not for 127.0.0.1",
      );
      assertEquals(
        await why(other.port),
        "its certificate is for example.org, not for localhost",
      );
      assertEquals(await why(self.port), "its certificate is signed by itself");
      assertEquals(await why(plain.port), "what answers there does not speak TLS");
      const slow = await get(`https://localhost:${silent.port}/`, { timeoutMs: 100 });
      assertEquals(failed(slow).code, "timeout");
    } finally {
      if (former === undefined) Deno.env.delete("SSL_CERT_FILE");
      else Deno.env.set("SSL_CERT_FILE", former);
    }
  });
});

Deno.test("certificates out of their time are told with the date", () => {
  const library = "invalid peer certificate: certificate";
  assertEquals(
    explainTls(
      "it",
      `${library} expired: verification time 1700000000 (UNIX), but certificate is not valid after 1600000000 (100000000 seconds ago)`,
    )
      .message,
    "it: its certificate has expired (2020-09-13)",
  );
  assertEquals(
    explainTls(
      "it",
      `${library} not valid yet: verification time 1500000000 (UNIX), but certificate is not valid before 1600000000 (in 100000000 seconds)`,
    )
      .message,
    "it: its certificate is not valid before 2020-09-13",
  );
});
