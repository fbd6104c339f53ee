// both runtimes: TLS, streams and files of the runtime
/** Downloads from a real server over https. */

import { createHash } from "node:crypto";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DOWNLOAD_FIELDS, type DownloadFields } from "../../../src/resources/download/fields.ts";
import { whyNotFetched } from "../../../src/os/network/download/why.ts";
import download from "../../../src/resources/download/kind.ts";
import {
  type HttpsFiles,
  type HttpsOptions,
  serveHttps,
  testCertificates,
} from "../../support/https_files.ts";
import { serve } from "../../support/servers.ts";
import { inKindWorld, type KindWorld, resolving, resourceOf } from "../../support/kind_world.ts";

const CONTENT = "the content\n".repeat(30_000);

function sumOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** A world with a server that has /f. */
function served(
  options: Partial<HttpsOptions>,
  test: (world: KindWorld, server: HttpsFiles) => Promise<void>,
): Promise<void> {
  return inKindWorld(async (world) => {
    await using server = await serveHttps({ files: { "/f": CONTENT }, ...options });
    world.put("ca.pem", server.ca);
    await test(world, server);
  });
}

function of(world: KindWorld, server: HttpsFiles, fields: Partial<DownloadFields> = {}) {
  return resourceOf(download, world, {
    path: world.path("f"),
    url: `${server.url}/f`,
    checksum: `sha256:${sumOf(CONTENT)}`,
    ca: world.path("ca.pem"),
    ...fields,
  });
}

/** What is kept for the next try. */
function parts(world: KindWorld): string[] {
  try {
    return [...Deno.readDirSync(`${world.directory}/../prefix/downloads`)].map(({ name }) => name);
  } catch {
    return [];
  }
}

Deno.test("a file is fetched where it is missing or another, and only then", () =>
  served({}, async (world, server) => {
    const it = await of(world, server, { mode: "0750" });
    assertEquals(await it.heal(), `${world.path("f")} does not exist`);
    assertEquals(world.text("f"), CONTENT);
    assertEquals(Deno.statSync(world.path("f")).mode! & 0o7777, 0o750);
    assertEquals(parts(world), [], "nothing is kept of what is in its place");
    assertEquals(await it.heal(), undefined);
    Deno.chmodSync(world.path("f"), 0o700);
    assertEquals(await it.heal(), "mode 0700 → 0750");
    assertEquals(server.asked.length, 1);
    world.put("f", "edited");
    assertMatch(await it.heal() ?? "", /^content differs \(SHA-256 [0-9a-f]{12}… → /);
    assertEquals(Deno.statSync(world.path("f")).mode! & 0o7777, 0o750);
    assertEquals(server.asked.length, 2);
  }));

Deno.test("another file than the checksum says is put nowhere, and is not gone on with", () =>
  served({}, async (world, server) => {
    world.put("f", "before");
    const it = await of(world, server, { checksum: sumOf("another") });
    const { code, message, hint } = await it.refuse();
    assertEquals(code, "checksum");
    assertStringIncludes(message, sumOf(CONTENT));
    assertStringIncludes(hint ?? "", "Content-Encoding");
    assertEquals(world.text("f"), "before");
    assertEquals((await it.refuse()).code, "checksum");
    assertEquals(server.asked.map(({ range }) => range), [null, null]);
  }));

Deno.test("what was broken off is gone on with where it ended", () =>
  served({}, async (world, server) => {
    using broken = await serveBroken(100_000);
    const cut = await of(world, server, { url: `https://localhost:${broken.port}/f` });
    assertEquals((await cut.refuse()).code, "closed");
    assert(!exists(world.path("f")), "nothing that is not whole is seen");
    await (await of(world, server)).heal();
    assertEquals(world.text("f"), CONTENT);
    assertEquals(server.asked.map(({ range }) => range), ["bytes=100000-"]);
  }));

/** A server that ends after so many bytes of the content. */
async function serveBroken(bytes: number) {
  const head = `HTTP/1.1 200 OK\r\nContent-Length: ${CONTENT.length}\r\n\r\n`;
  return serve({ says: head + CONTENT.slice(0, bytes), tls: await testCertificates() });
}

Deno.test("a part that belongs to another file, or is whole already, is found out by its sum", () =>
  served({}, async (world, server) => {
    const directory = `${world.directory}/../prefix/downloads`;
    Deno.mkdirSync(directory, { mode: 0o700 });
    const cases: readonly (readonly [string, number])[] = [
      ["rubbish", 2],
      [`${CONTENT}and more`, 2],
      ["x".repeat(CONTENT.length), 2],
      [CONTENT, 0],
    ];
    for (const [part, requests] of cases) {
      Deno.writeTextFileSync(`${directory}/${sumOf(CONTENT)}`, part);
      world.put("f", "other");
      server.asked.length = 0;
      await (await of(world, server)).heal();
      assertEquals([world.text("f"), server.asked.length], [CONTENT, requests], part.slice(0, 9));
    }
  }));

Deno.test("a server that sends all where the rest was asked for begins anew", () =>
  served({ ignoresRange: true }, async (world, server) => {
    using broken = await serveBroken(70_000);
    await (await of(world, server, { url: `https://localhost:${broken.port}/f` })).refuse();
    await (await of(world, server)).heal();
    assertEquals([world.text("f"), server.asked.length], [CONTENT, 1]);
  }));

Deno.test("a server that falls silent is given up, and what came is kept", () =>
  served({ silentAfter: 65_536 }, async (world, server) => {
    const it = await of(world, server, { timeout: 0.3 });
    const { code, message } = await it.refuse();
    assertEquals(code, "stalled");
    assertStringIncludes(message, "nothing came for 0.3 s");
    assertEquals(parts(world).length, 1);
  }));

Deno.test("more than max_size is not fetched, whether the server says it or not", async () => {
  for (const hidesSize of [false, true]) {
    await served({ hidesSize }, async (world, server) => {
      const it = await of(world, server, { max_size: "100K" });
      const { code, message } = await it.refuse();
      assertEquals(code, "too-large");
      assertStringIncludes(message, "more than 102400 bytes (max_size)");
    });
  }
});

Deno.test("a redirection is followed with https alone, and what lets in is told to the first host alone", () =>
  served({}, async (world, other) => {
    const leads = { "/a": `${other.url}/f`, "/b": "http://localhost:1/f", "/c": "/c" };
    await using first = await serveHttps({ files: {}, leads });
    const headers = { Authorization: "Bearer canary" };
    const at = (path: string) => of(world, other, { url: `${first.url}${path}`, headers });
    await (await at("/a")).heal();
    assertEquals(first.asked[0]?.authorization, "Bearer canary");
    assertEquals(other.asked.map(({ authorization }) => authorization), [null]);
    Deno.removeSync(world.path("f"));
    for (const path of ["/b", "/c"]) {
      assertEquals((await (await at(path)).refuse()).code, "redirect");
    }
  }));

Deno.test("neither what lets in nor what stands behind a ? is in what is said", () =>
  served({ authorization: "Bearer right" }, async (world, server) => {
    const url = `${server.url}/f?token=canary`;
    for (const headers of [{}, { Authorization: "Bearer canary" }]) {
      const refused = await (await of(world, server, { url, headers })).refuse();
      assertEquals([refused.code, refused.message.includes("answered 401")], ["status", true]);
      assert(!JSON.stringify(refused).includes("canary"));
    }
    const untrusted = await of(world, server, { url, ca: world.put("no.pem", await otherCa()) });
    assert(!JSON.stringify(await untrusted.refuse()).includes("canary"));
    await (await of(world, server, { url, headers: { Authorization: "Bearer right" } })).heal();
    assert(!world.said.join().includes("canary"));
  }));

Deno.test("what the runtime says of a connection is said without its URL", () => {
  const url = "https://localhost:1/f?token=canary";
  for (
    const words of [
      `error sending request for url (${url}): client error (SendRequest): no HTTP`,
      `error sending request from 127.0.0.1:2 for ${url} (127.0.0.1:1): client error (SendRequest): no HTTP`,
      `other words for ${url} (127.0.0.1:1): no HTTP`,
    ]
  ) {
    const { message } = whyNotFetched("GET f", new TypeError(words));
    assert(!message.includes("canary") && message.includes("no HTTP"), message);
  }
});

/** A certificate that has signed nothing here. */
async function otherCa(): Promise<string> {
  const { stdout } = await new Deno.Command("openssl", {
    args: [
      ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null"
        .split(" "),
      ..."-days 10 -subj /CN=other".split(" "),
    ],
  }).output();
  return new TextDecoder().decode(stdout);
}

Deno.test("what cannot be reached or believed is said in words", () =>
  served({}, async (world, server) => {
    const failing = async (fields: Partial<DownloadFields>) =>
      await (await of(world, server, fields)).refuse();
    assertEquals(
      (await failing({ url: `${server.url}/other` })).message.slice(-14),
      "404 Not Found".padStart(14),
    );
    const stranger = await failing({ ca: world.put("no.pem", await otherCa()) });
    assertEquals(stranger.code, "tls");
    assertStringIncludes(stranger.hint ?? "", "with ca");
    assertEquals((await failing({ ca: world.put("not.pem", "rubbish") })).code, "no-authority");
    assertEquals((await failing({ ca: world.path("missing.pem") })).code, "source");
    const name = await failing({ url: `https://127.0.0.1:${server.port}/f` });
    assertStringIncludes(name.message, "for localhost, not for 127.0.0.1");
    const unknown = await failing({ url: "https://nowhere.invalid/f" });
    assertEquals(unknown.code, "unknown-host");
    const { url } = server;
    await server[Symbol.asyncDispose]();
    assertEquals((await failing({ url: `${url}/f` })).code, "refused");
  }));

Deno.test("two that want the same file fetch it one after the other, and both have it", () =>
  served({}, async (world, server) => {
    const both = await Promise.all(
      ["f", "g"].map((name) => of(world, server, { path: world.path(name) })),
    );
    await Promise.all(both.map((each) => each.heal()));
    assertEquals([world.text("f"), world.text("g")], [CONTENT, CONTENT]);
    assertEquals(parts(world), []);
  }));

Deno.test("where it could not be put nothing is fetched", () =>
  served({}, async (world, server) => {
    Deno.mkdirSync(world.path("d"));
    Deno.symlinkSync(world.path("elsewhere"), world.path("l"));
    for (const name of ["d", "l"]) {
      assertEquals(
        (await (await of(world, server, { path: world.path(name) })).refuse()).code,
        "wrong-type",
      );
    }
    const lost = await of(world, server, { path: world.path("no/such/f") });
    assertEquals((await lost.refuse()).code, "parent-missing");
    assertEquals(server.asked, []);
  }));

Deno.test("mistakes in its fields are found before anything is done", async () => {
  const sum = "0".repeat(64);
  const messages = async (fields: Partial<DownloadFields>, name = "/f") =>
    (await resolving(download, { url: "https://localhost/f", checksum: sum, ...fields }, name))
      .issues.map(({ message }) => message);
  assertEquals(await messages({}), []);
  assertEquals(await messages({ checksum: `sha256:${sum}` }), []);
  const said = DOWNLOAD_FIELDS.checksum.type.safeParse(`${sum}  f`).error?.issues[0]?.message;
  assertMatch(said ?? "", /64 hexadecimal digits.*no file name/);
  for (const url of ["http://localhost/f", "ftp://localhost/f", "/f", "https://"]) {
    assertEquals(await messages({ url }), ["url must be one that begins with https://"], url);
  }
  const secret = await messages({ url: "https://ann:secret@localhost/f" });
  assertEquals(secret, ["url must not contain a user or a password: URLs are shown"]);
  assertEquals(await messages({}, "f"), ["path is missing"]);
  assertEquals(await messages({ path: "/d/" }), ["path must be that of a file"]);
  assertMatch((await messages({ path: "/a/../b" })).join(), /must not contain \.\./);
  assertEquals(await messages({ mode: "9" }), ['mode "9" is no mode']);
});

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
