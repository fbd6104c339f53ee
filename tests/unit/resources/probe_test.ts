import { assertEquals } from "@std/assert";
import type { Failure } from "../../../src/base/result.ts";
import { createLocalHost } from "../../../src/host/local.ts";
import type { Drift, KindContext } from "../../../src/kind/kind.ts";
import probe from "../../../src/resources/probe/kind.ts";
import type { ProbeFields } from "../../../src/resources/probe/fields.ts";
import type { Health } from "../../../src/resources/probe/health.ts";
import { page, serve } from "../../support/servers.ts";

/** A port that nothing listens on. */
const CLOSED = 1;

function resolve(fields: ProbeFields) {
  const issues: string[] = [];
  const params = probe.resolve(fields, {
    name: "it",
    directory: "/",
    issue: ({ path, message }) => issues.push(`${path}: ${message}`),
  });
  return { params, issues };
}

/** A probe that looks whenever it is told to. */
async function withProbe(
  fields: ProbeFields,
  test: (
    look: () => Promise<Drift | Failure | undefined>,
    context: KindContext<Health> & { readonly notes: string[] },
  ) => Promise<void>,
): Promise<void> {
  const { params, issues } = resolve(fields);
  assertEquals(issues, []);
  const host = createLocalHost({ prefix: undefined, warn: () => {} });
  const notes: string[] = [];
  const context = {
    host,
    signal: new AbortController().signal,
    memory: probe.memory(),
    note: (text: string) => notes.push(text),
    notes,
    probes: true,
  } as unknown as KindContext<Health> & { notes: string[] };
  try {
    await test(async () => await probe.check(params, context), context);
  } finally {
    await host.close();
  }
}

/** What the first look says. */
async function firstLook(fields: ProbeFields): Promise<string> {
  let said = "";
  await withProbe(fields, async (look) => {
    const found = await look();
    said = found === undefined
      ? "healthy"
      : found.type === "failure"
      ? found.message
      : found.reason;
  });
  return said;
}

Deno.test("mistakes in fields are told with the field's name", () => {
  assertEquals(resolve({}).issues, ["name: nothing says what is probed"]);
  assertEquals(resolve({ tcp: "a:1", http: "http://a/", command: "true" }).issues, [
    "http: http and tcp are both set",
    "command: command and tcp are both set",
  ]);
  assertEquals(resolve({ tcp: "a:1", status: 200, contains: "x", shell: "/bin/sh" }).issues, [
    "status: status is set, but not http",
    "contains: contains is set, but not http",
    "shell: shell is set, but not command",
  ]);
  assertEquals(resolve({ command: " " }).issues, ["command: command says nothing to run"]);
  for (const tcp of ["host", "host:", "host:0", "host:65536", "::1:80", ":80", "a b:80", "[::1]"]) {
    assertEquals(resolve({ tcp }).issues, [`tcp: tcp must be HOST:PORT, not "${tcp}"`]);
  }
  for (const http of ["localhost:80", "ftp://host/", "host", "http://"]) {
    assertEquals(resolve({ http }).issues, [`http: http must be a URL, not "${http}"`]);
  }
  assertEquals(resolve({ http: "https://me:secret@host/" }).issues, [
    "http: http must not contain a user or a password",
  ]);
});

Deno.test("hosts and ports are taken apart", () => {
  const target = (tcp: string) => resolve({ tcp }).params.target;
  assertEquals(target("db.example:5432"), { type: "tcp", host: "db.example", port: 5432 });
  assertEquals(target("[fe80::1]:80"), { type: "tcp", host: "fe80::1", port: 80 });
});

Deno.test("a port is healthy when it can be connected to", async () => {
  using server = serve({ first: true });
  assertEquals(await firstLook({ tcp: `127.0.0.1:${server.port}` }), "healthy");
  assertEquals(
    await firstLook({ tcp: `127.0.0.1:${CLOSED}` }),
    `connect to 127.0.0.1:${CLOSED}: refused`,
  );
});

Deno.test("a page is healthy by its status and by what it contains", async () => {
  using server = serve({ says: page("all is well", "203 Fine", "Location: /there\r\n") });
  const http = `http://127.0.0.1:${server.port}/`;
  const said = async (more: ProbeFields) =>
    (await firstLook({ http, ...more })).replace(`GET ${http}: `, "");
  assertEquals(await said({}), "healthy");
  assertEquals(await said({ status: 203 }), "healthy");
  assertEquals(await said({ status: [404, "2xx"], contains: "is well" }), "healthy");
  assertEquals(await said({ status: 200 }), "answered 203 Fine, not 200");
  assertEquals(await said({ status: ["3xx", 404] }), "answered 203 Fine, not 3xx or 404");
  assertEquals(await said({ contains: "is ill" }), `the answer does not contain "is ill"`);
});

Deno.test("a command is healthy when it exits with 0, and is ended after its time", async () => {
  const shell = "/bin/sh";
  assertEquals(await firstLook({ command: "true" }), "healthy");
  assertEquals(await firstLook({ command: "test -e /dev/null", shell }), "healthy");
  assertEquals(
    await firstLook({ command: "echo it is broken; exit 3", shell }),
    "the command exited with code 3: it is broken",
  );
  assertEquals(
    await firstLook({ command: "sleep 100", timeout: 0.1 }),
    "the command did not end within 0.1 s (timeout) and was stopped",
  );
});

Deno.test("it asks again in the pause that it was given, healthy or not", () => {
  const { params } = resolve({ command: "true", interval: 2.5 });
  assertEquals([probe.pollSeconds?.(params), probe.retryMs?.(params)], [2.5, 2500]);
  assertEquals(resolve({ command: "true" }).params.intervalSeconds, 10);
});

Deno.test("falling ill and getting well are seen, noted and told to those who depend on it", async () => {
  using reserved = serve({ first: true });
  const { port } = reserved;
  await withProbe({ tcp: `127.0.0.1:${port}`, failures: 2 }, async (look, context) => {
    assertEquals(await look(), undefined);
    reserved[Symbol.dispose]();
    // What closes a port may take a moment to be felt.
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals(await look(), undefined);
    assertEquals(context.notes, [
      `connect to 127.0.0.1:${port}: refused (1 of 2 times in a row)`,
    ]);
    assertEquals((await look())?.type, "failure");
    using _again = serve({ first: true, port });
    const found = await look();
    assertEquals(found?.type === "drift" && found.worldless, true);
    assertEquals((await look())?.type, "drift", "until it has been told");
    const { params } = resolve({ tcp: `127.0.0.1:${port}`, failures: 2 });
    assertEquals(await probe.apply(undefined, params, context), undefined);
    assertEquals(await look(), undefined);
  });
});

Deno.test("a probe that was broken off counts for nothing", async () => {
  using silent = serve({ stays: true });
  await withProbe({ http: `http://127.0.0.1:${silent.port}/` }, async (_look, context) => {
    const stop = new AbortController();
    const { params } = resolve({ http: `http://127.0.0.1:${silent.port}/` });
    const looking = probe.check(params, { ...context, signal: stop.signal });
    stop.abort();
    await looking;
    assertEquals(context.memory, probe.memory());
  });
});
