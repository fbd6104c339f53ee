// both runtimes: it is a server at a socket
/** The page's server against whoever is not its page: what is answered, and what the agent hears of it. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fail, ok } from "../../../src/base/result.ts";
import type { AskAgent } from "../../../src/web/agent_door.ts";
import { answering, type PageWorld, withPageServer } from "../../support/page_world.ts";

const hostOf = ({ address }: PageWorld) => `127.0.0.1:${address.port}`;
const originOf = (world: PageWorld) => `http://${hostOf(world)}`;
const FORM_TYPE = { "content-type": "application/x-www-form-urlencoded" };
const JSON_TYPE = { "content-type": "application/json" };
const HOLD = '{"resources":["file[a]"],"forMs":1000}';

Deno.test("web server: a token is good once and for ten minutes, and cookie and key are both needed", () =>
  withPageServer(async (world) => {
    const { admission, clock, ask, asked } = world;
    const nobody = { cookie: "", "x-mgmt-key": "" };
    const token = admission.newToken();
    const redeem = (given: string) =>
      ask("POST /login", { ...nobody, ...FORM_TYPE, origin: originOf(world) }, `token=${given}`);
    const login = await redeem(token);
    assertEquals([login.status, login.body], [303, ""]);
    const cookie = login.headers.get("set-cookie") ?? "";
    assert(/^mgmt-\d+=[0-9a-f]{64}; HttpOnly; SameSite=Strict; Path=\/$/.test(cookie), cookie);
    const key = /^\/#key=([0-9a-f]{64})$/.exec(login.headers.get("location") ?? "")?.[1] ?? "";
    const shown = { cookie: cookie.split(";")[0]!, "x-mgmt-key": key };
    assertEquals((await ask("GET /api/v1/status", shown)).status, 200);
    assertEquals((await redeem(token)).status, 401);
    const late = admission.newToken();
    clock.ms += 600_001;
    assertEquals((await ask(`GET /login?token=${late}`, nobody)).status, 401);
    assertEquals((await redeem(late)).status, 401);
    const wrong = [
      nobody,
      { ...shown, "x-mgmt-key": "" },
      { ...shown, cookie: "" },
      { ...shown, "x-mgmt-key": world.session.key },
      { ...shown, cookie: shown.cookie.slice(0, -1) },
      { ...shown, cookie: shown.cookie.replace(/-\d+/, "-1") },
    ];
    for (const each of wrong) assertEquals((await ask("GET /api/v1/status", each)).status, 401);
    clock.ms += 12 * 3_600_000;
    assertEquals((await ask("GET /api/v1/status", shown)).status, 401);
    assertEquals(asked, ["GET /v1/status"]);
  }));

Deno.test("web server: links and sessions grow old while the machine sleeps, and where its time is set back", () =>
  withPageServer(async ({ admission, clock, ask }) => {
    const [slept, set] = [admission.newToken(), admission.newToken()];
    clock.sleptMs += 600_001;
    assertEquals([admission.isGood(slept), admission.logIn(slept)], [false, undefined]);
    clock.sleptMs -= 3_600_000;
    assertEquals(admission.isGood(set), true);
    clock.ms += 600_001;
    assertEquals(admission.isGood(set), false);
    assertEquals((await ask("GET /api/v1/status")).status, 200);
    clock.sleptMs += 13 * 3_600_000;
    assertEquals((await ask("GET /api/v1/status")).status, 401);
  }));

Deno.test("web server: whoever only looks at a link, fetches ahead, or is no button of ours, does not use it up", () =>
  withPageServer(async (world) => {
    const { admission, ask } = world;
    const token = admission.newToken();
    const line = `GET /login?token=${token}`;
    assertEquals((await ask(line, { "sec-purpose": "prefetch;prerender" })).status, 401);
    assertEquals((await ask(line, { "sec-fetch-site": "cross-site" })).status, 403);
    assertEquals((await ask(line.replace("GET", "HEAD"))).status, 405);
    assertEquals((await ask(line.toUpperCase().replace("LOGIN?TOKEN", "login?token"))).status, 404);
    assertEquals((await ask(`${line}&x=1`)).status, 404);
    for (let times = 0; times < 3; times++) {
      const { status, headers, body } = await ask(line);
      assertEquals([status, headers.has("set-cookie")], [200, false]);
      assertStringIncludes(body, "<button");
      assertEquals(headers.get("referrer-policy"), "strict-origin");
      assertStringIncludes(headers.get("content-security-policy") ?? "", "form-action 'self'");
    }
    const button = { ...FORM_TYPE, origin: originOf(world) };
    const wrong: [Record<string, string>, string, number][] = [
      [{ ...button, origin: "" }, `token=${token}`, 403],
      [{ ...button, origin: "null" }, `token=${token}`, 403],
      [{ ...button, "sec-fetch-site": "cross-site" }, `token=${token}`, 403],
      [{ ...button, "sec-purpose": "prefetch" }, `token=`, 401],
      [{ ...button, "content-type": "text/plain" }, `token=${token}`, 401],
      [button, `token=${token}&x=1`, 401],
      [button, "", 401],
    ];
    for (const [headers, body, status] of wrong) {
      assertEquals(
        (await ask("POST /login", headers, body)).status,
        status,
        JSON.stringify(headers),
      );
    }
    const other = await ask("GET /");
    assertStringIncludes(other.headers.get("content-security-policy") ?? "", "form-action 'none'");
    assertEquals((await ask("POST /login", button, `token=${token}`)).status, 303);
    assertEquals((await ask(line)).status, 401);
  }));

Deno.test("web server: no other name, page or protocol gets an answer (DNS rebinding, CSRF, WebSocket)", () =>
  withPageServer(async (world) => {
    const { ask, raw, asked, address } = world;
    const hosts = ["localhost", "evil.example", "127.0.0.1", `127.0.0.1:${address.port + 1}`];
    for (const host of [...hosts, `localhost:${address.port}`, `evil.example:${address.port}`]) {
      assertEquals((await ask("GET /api/v1/status", { host })).status, 421, host);
    }
    const foreign: Record<string, string>[] = [
      { origin: "http://evil.example" },
      { origin: "null" },
      { origin: `https://${hostOf(world)}` },
      { origin: `http://127.0.0.1:${address.port + 1}` },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "cross-site" },
    ];
    for (const headers of foreign) {
      const { status } = await ask("GET /api/v1/status", headers);
      assertEquals(status, 403, JSON.stringify(headers));
    }
    const socket = { upgrade: "websocket", connection: "Upgrade", "sec-websocket-key": "eA==" };
    assertEquals((await ask("GET /api/v1/events", socket)).status, 400);
    assertEquals((await raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).status, 400);
    assertEquals((await ask(`GET http://${hostOf(world)}/api/v1/status`)).status, 400);
    assertEquals((await raw("GET /api/v1/status HTTP/1.1\r\n\r\n")).status, 400);
    assertEquals((await raw("GET /api/v1/status HTTP/1.0\r\n\r\n")).status, 421);
    assertEquals(asked, []);
  }));

Deno.test("web server: only listed questions reach the agent, whatever a path pretends to be", () =>
  withPageServer(async ({ ask, asked }) => {
    const tricks = [
      "/api/v1/stop",
      "/api/v1/../stop",
      "/api/v1/status/../stop",
      "/api/v1/%2e%2e/stop",
      "/api/v1/resources/..",
      "/api/v1/resources/%2e%2e",
      "/api/v1/why/.%2E",
      "/api/v1/resources/../stop",
      "/api/v1//status",
      "//api/v1/status",
      "/API/v1/status",
      "/api/v1/status?x=1",
      "/api/v1/status#x",
      "/api/v1/status%00",
      "/api/v1/resources/%ff",
      "/api/v1/resources/a/b",
      "/api/v1/resources/" + "a".repeat(5000),
      "/api/v1/plan?file=/etc/shadow",
      "/api/v1/facts",
      "/api/v1/__proto__",
      "/api/v1/constructor",
      "/api/v1/history?limit=1e9",
      "/api/v1/history?limit=1&limit=2",
      "/api/v1/history?__proto__=1",
      "/api/v1/hold",
    ];
    for (const path of tricks) {
      const { status } = await ask(`GET ${path}`);
      assert(status === 400 || status === 404, `${path}: ${status}`);
    }
    assertEquals(asked, []);
    await ask("GET /api/v1/resources/..%2f..%2fstop");
    await ask("GET /api/v1/why/file%5B%2Fetc%2Fmotd%5D");
    await ask("GET /api/v1/history?limit=5&only=failed");
    assertEquals(asked, [
      "GET /v1/resources/..%2F..%2Fstop",
      "GET /v1/why/file%5B%2Fetc%2Fmotd%5D",
      "GET /v1/history",
    ]);
  }));

Deno.test("web server: a request is one, however it is written (smuggling), and not larger than it may be", () =>
  withPageServer(async (world) => {
    const { ask, raw, asked } = world;
    const host = `host: ${hostOf(world)}\r\n`;
    const second = `GET /api/v1/graph HTTP/1.1\r\n${host}\r\n`;
    const bad: string[] = [
      `GET /api/v1/status HTTP/1.1\r\n${host}${host}\r\n`,
      `GET /api/v1/status HTTP/1.1\r\n${host}cookie: a=1\r\ncookie: b=2\r\n\r\n`,
      `GET /api/v1/status HTTP/1.1\r\n${host}content-length: 3\r\n\r\nabc`,
      `GET /api/v1/status HTTP/1.1\r\n${host}transfer-encoding: chunked\r\n\r\n0\r\n\r\n${second}`,
      `POST /api/v1/hold HTTP/1.1\r\n${host}content-length: 1\r\ncontent-length: 2\r\n\r\n${second}`,
      `POST /api/v1/hold HTTP/1.1\r\n${host}content-length: -1\r\n\r\n`,
      `GET /api/v1/status HTTP/1.1\r\n${host}x: a\r\n folded: b\r\n\r\n`,
      `GET /api/v1/status HTTP/1.1\r\nhost : ${hostOf(world)}\r\n\r\n`,
      `GET /a b HTTP/1.1\r\n${host}\r\n`,
      `get / HTTP/1.1\r\n${host}\r\n`,
      `GET / HTTP/3.0\r\n${host}\r\n`,
      "\r\n\r\n",
    ];
    for (const text of bad) assertEquals((await raw(text)).status, 400, text);
    const large = [
      `GET /${"x".repeat(100_000)} HTTP/1.1\r\n${host}\r\n`,
      `POST /api/v1/hold HTTP/1.1\r\n${host}content-length: 99999999\r\n\r\n`,
    ];
    for (const text of large) assertEquals((await raw(text)).status, 413);
    const endless = `GET / HTTP/1.1\r\n${host}${"x: y\r\n".repeat(50_000)}\r\n`;
    assertEquals((await raw(endless)).status, 400);
    // What follows a whole request is not another one.
    const two = await ask("GET /api/v1/status", {}, "");
    assertEquals(two.status, 200);
    const { session, address } = world;
    const known =
      `cookie: mgmt-${address.port}=${session.cookie}\r\nx-mgmt-key: ${session.key}\r\n`;
    await raw(`GET /api/v1/status HTTP/1.1\r\n${host}${known}\r\n${second}`);
    assertEquals(asked.filter((each) => each !== "GET /v1/status"), []);
  }));

Deno.test("web server: other methods are refused, and every answer has the headers that keep it apart", () =>
  withPageServer(async ({ ask, asked }) => {
    for (const method of ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT"]) {
      const { status, headers, body } = await ask(`${method} /api/v1/status`);
      assertEquals([status, headers.get("allow")], [405, "GET, POST"], method);
      assertEquals(body === "", method === "HEAD", method);
    }
    const { status, headers } = await ask("POST /");
    assertEquals([status, headers.get("allow")], [405, "GET"]);
    const files = ["/assets/../index.html", "/assets/secret.txt", "/assets/constructor", "/x"];
    for (const path of [...files, "/assets/%6dain.js", "/assets/main.js?x", "/favicon.ico"]) {
      assertEquals((await ask(`GET ${path}`)).status, 404, path);
    }
    for (const path of ["/", "/assets/main.js", "/api/v1/status", "/nothing"]) {
      const { headers } = await ask(`GET ${path}`);
      assertStringIncludes(headers.get("content-security-policy") ?? "", "default-src 'none'; ");
      const [sniff, referrer, cache] = [
        "x-content-type-options",
        "referrer-policy",
        "cache-control",
      ]
        .map((name) => headers.get(name));
      assertEquals([sniff, referrer, cache], ["nosniff", "no-referrer", "no-store"], path);
      for (const name of ["cross-origin-opener-policy", "cross-origin-resource-policy"]) {
        assertEquals(headers.get(name), "same-origin");
      }
      const open = [...headers.keys()].filter((name) => name.startsWith("access-control"));
      assertEquals(open, []);
    }
    assertEquals(asked, ["GET /v1/status"]);
  }));

Deno.test("web server: changes reach the agent only where they are allowed, and only from the page", async () => {
  const asPage = ({ address }: PageWorld) => ({
    ...JSON_TYPE,
    origin: `http://127.0.0.1:${address.port}`,
    "x-mgmt-change": "1",
  });
  await withPageServer(async (world) => {
    const { status, body } = await world.ask("POST /api/v1/hold", asPage(world), HOLD);
    assertEquals([status, world.asked], [403, []]);
    assertStringIncludes(body, "--allow-changes");
  });
  await withPageServer(async (world) => {
    const { ask, asked, told } = world;
    const page = asPage(world);
    const forged: Record<string, string>[] = [
      { ...page, "x-mgmt-change": "" },
      { ...page, origin: "" },
      { ...page, origin: "http://evil.example" },
      { ...page, "content-type": "text/plain" },
      { ...page, "sec-fetch-site": "cross-site" },
    ];
    for (const each of forged) {
      assertEquals((await ask("POST /api/v1/hold", each, HOLD)).status, 403, JSON.stringify(each));
    }
    assertEquals((await ask("POST /api/v1/hold", { ...page, "x-mgmt-key": "" }, HOLD)).status, 401);
    assertEquals((await ask("POST /api/v1/hold", page, "[]")).status, 400);
    for (const path of ["stop", "leave", "undo", "reload", "hold/x", "hold?x", "../v1/hold"]) {
      assertEquals((await ask(`POST /api/v1/${path}`, page, HOLD)).status, 404, path);
    }
    assertEquals([asked, told], [[], []]);
    assertEquals((await ask("POST /api/v1/hold", page, HOLD)).status, 200);
    assertEquals([asked, told], [["POST /v1/hold"], [JSON.parse(HOLD)]]);
  }, { allowChanges: true });
});

Deno.test("web server: the agent's loss is a state with a code, and lines come as the agent says them", async () => {
  const gone = () => Promise.resolve(fail("no agent runs", { code: "no-agent" }));
  await withPageServer(async ({ ask }) => {
    const { status, body } = await ask("GET /api/v1/status");
    assertEquals([status, JSON.parse(body).error.code], [503, "no-agent"]);
  }, { agent: gone });
  await withPageServer(async ({ ask }) => {
    assertEquals((await ask("GET /api/v1/status")).status, 503);
    assertEquals((await ask("GET /api/v1/events")).body, "");
  }, { agent: answering([]) });
  await withPageServer(async ({ ask }) => {
    const { headers, body } = await ask("GET /api/v1/events");
    assertEquals(headers.get("content-type"), "application/x-ndjson");
    assertEquals(body, '{"a":1}\n{"a":2}\n');
  }, { agent: answering(['{"a":1}', '{"a":2}']) });
});

/** Somebody who follows the events, and reads only what is asked for here. */
async function follower({ address, session }: PageWorld): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: address.port });
  const shown = `cookie: mgmt-${address.port}=${session.cookie}\r\nx-mgmt-key: ${session.key}\r\n`;
  const head = `GET /api/v1/events HTTP/1.1\r\nhost: 127.0.0.1:${address.port}\r\n${shown}\r\n`;
  await connection.write(new TextEncoder().encode(head));
  return connection;
}

/** Reads until a text has come. */
async function reads(connection: Deno.TcpConn, what: string): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  for (let text = ""; !text.includes(what);) {
    const count = await connection.read(buffer);
    assert(count !== null, `it ended before ${what}`);
    text = text.slice(-what.length) + new TextDecoder().decode(buffer.subarray(0, count));
  }
}

Deno.test("web server: of a browser that stops reading nothing is kept, and twenty others go on", async () => {
  const line = `{"text":"${"x".repeat(10_000)}"}`;
  let taken = 0;
  const endless: AskAgent = () =>
    Promise.resolve(ok({
      line: async () => {
        taken++;
        await new Promise((resolve) => setTimeout(resolve, 0));
        return line;
      },
      [Symbol.dispose]: () => {},
    }));
  await withPageServer(async (world) => {
    using _deaf = await follower(world);
    // What the kernel keeps for it fills up, and then no line more is asked of the agent.
    let before: number;
    do {
      before = taken;
      await new Promise((resolve) => setTimeout(resolve, 200));
    } while (taken > before);
    assert(before * line.length < 32 * 1024 * 1024, `${before} lines were taken`);
    const others = await Promise.all(Array.from({ length: 20 }, () => follower(world)));
    await Promise.all(others.map((each) => reads(each, '"}')));
    for (const each of others) each.close();
  }, { agent: endless });
});

Deno.test("web server: strangers who open many connections end none of who has logged in", async () => {
  const more = Promise.withResolvers<void>();
  const lines = [Promise.resolve("first"), more.promise.then(() => "second")];
  const agent: AskAgent = () =>
    Promise.resolve(ok({
      line: () => lines.shift() ?? Promise.resolve(undefined),
      [Symbol.dispose]: () => {},
    }));
  await withPageServer(async (world) => {
    using stream = await follower(world);
    await reads(stream, "first");
    const strangers: Deno.TcpConn[] = [];
    for (let i = 0; i < 200; i++) {
      strangers.push(await Deno.connect({ hostname: "127.0.0.1", port: world.address.port }));
    }
    assertEquals((await world.ask("GET /assets/main.js")).status, 200);
    more.resolve();
    await reads(stream, "second");
    for (const each of strangers) each.close();
  }, { agent });
});
