// both runtimes: it serves and asks over TLS

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import tls from "node:tls";
import { helloDoor } from "../../../src/app/cluster/hello_door.ts";
import type { Credentials, MemberCredentials } from "../../../src/base/credentials.ts";
import type { Failure, Result } from "../../../src/base/result.ts";
import { farClock } from "../../../src/cluster/admin/clock_check.ts";
import { type Hello, readHello } from "../../../src/cluster/agent/hello.ts";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { proofHeader } from "../../../src/os/network/hello_proof.ts";
import { createLocalNetwork } from "../../../src/os/network/local_network.ts";
import { at } from "../../support/address.ts";
import { etcdPrograms } from "../../support/etcd.ts";
import { freePort } from "../../support/free_port.ts";
import { bytesOf } from "../../../src/trust/pem.ts";
import { shell } from "../../support/program.ts";
import { TlsFiles } from "../../support/tls_files.ts";

const clock = createLocalClock();
const network = createLocalNetwork({ clock });
const HELLO: Hello = { id: "me", cluster: "none", clientUrls: [], hosts: [], endpoints: [] };

interface World {
  readonly files: TlsFiles;
  readonly url: string;
  readonly port: number;
  /** Whoever was answered. */
  readonly heard: string[];
}

function test(name: string, run: (world: World) => Promise<void>, scheme = "https"): void {
  Deno.test({
    name,
    // On one runtime the end of a connection is seen a moment later.
    ...{ sanitizeOps: false, sanitizeResources: false },
    fn: async () => {
      using files = await TlsFiles.make();
      const port = freePort();
      const url = `${scheme}://127.0.0.1:${port}`;
      const heard: string[] = [];
      const isSecure = scheme === "https";
      const member: MemberCredentials | "none" = isSecure ? files.member : "none";
      const credentials: Credentials = isSecure ? files.client() : "none";
      const door = helloDoor(network, { credentials, member, listenAt: [at(url)] });
      const open = door.serve((question) => {
        heard.push(question);
        return JSON.stringify({ ...HELLO, id: "you" });
      });
      assert(open.ok, open.ok ? "" : open.failure.message);
      try {
        await run({ files, url, port, heard });
      } finally {
        await open.value.close();
      }
    },
  });
}

function ask(url: string, credentials: Credentials): Promise<Result<unknown>> {
  return helloDoor(network, { credentials, listenAt: [] }).ask(url, HELLO, 3000);
}

async function refusal(asked: Promise<Result<unknown>>): Promise<Failure> {
  const answer = await asked;
  assert(!answer.ok, "it was answered");
  return answer.failure;
}

/** What is answered to these words, one after the other on one connection. */
function say(
  { files, port }: World,
  ...words: readonly ((nonce: string) => string)[]
): Promise<string[]> {
  return new Promise((resolve) => {
    const answers: string[] = [];
    const ca = files.ca.text;
    const socket = tls.connect({ host: "127.0.0.1", port, ca, servername: "mgmt-etcd" });
    const next = () => {
      const nonce = /nonce="(\w+)"/.exec(answers.at(-1) ?? "")?.[1] ?? "";
      const word = words[answers.length];
      if (word === undefined) socket.destroy();
      else socket.write(word(nonce));
    };
    socket.on("secureConnect", next);
    socket.on("data", (bytes) => {
      answers.push(`${bytes}`);
      next();
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(answers));
  });
}

const TARGET = `/mgmt/hello?from=${encodeURIComponent(JSON.stringify(HELLO))}`;
const question = (host: string, more = "", target = TARGET) =>
  `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`;

test("hosts of one cluster ask each other over TLS, whatever their role", async ({ files, url, port, heard }) => {
  for (const name of ["root", "agent"]) {
    const answer = await ask(url, files.client(name));
    assert(answer.ok, answer.ok ? "" : `${answer.failure.code}: ${answer.failure.message}`);
    assertEquals(readHello(answer.value)?.id, "you");
  }
  assert((await ask(`https://localhost:${port}`, files.client())).ok);
  assertEquals(heard.map((each) => JSON.parse(each).id), ["me", "me", "me"]);
});

test("who does not belong to the cluster is told nothing", async (world) => {
  const { files, url, heard } = world;
  using others = await TlsFiles.make();
  assertEquals((await refusal(ask(url, others.client()))).code, "untrusted");
  const stranger = await refusal(ask(url, { ...others.client(), ca: files.ca }));
  assertEquals(stranger.code, "untrusted");
  assertStringIncludes(stranger.message, `${url} does not answer this host`);
  const untilMs = Date.now() + 3_600_000;
  await files.certify("token", { type: "join", id: "0123456789abcdef", untilMs });
  await files.certify("operator", { type: "operator", name: "anna", untilMs });
  for (const name of ["token", "operator", "server", "peer"]) {
    assertEquals((await refusal(ask(url, files.client(name)))).code, "untrusted", name);
  }
  await files.list("agent");
  assertStringIncludes((await refusal(ask(url, files.client("agent")))).message, "cast out");
  assert((await ask(url, files.client())).ok, "the others are answered as before");
  assertEquals(heard.length, 1);
});

test("a proof is good for one question, at one address, on one connection", async (world) => {
  const { files, url, port, heard } = world;
  const host = `127.0.0.1:${port}`;
  const { cert, key } = files.files("agent");
  const texts = { cert: cert.text, key: key.text };
  const proof = (nonce: string, asked = host, target = TARGET, by = texts) =>
    `Authorization: ${proofHeader({ host: asked, target, nonce }, by)}\r\n`;
  const first = () => question(host);
  let kept = "";
  const good = await say(world, first, (nonce) => question(host, kept = proof(nonce)));
  assertEquals(good.map((each) => each.slice(9, 12)), ["401", "200"]);
  const other = files.files("root");
  const bad: Record<string, (nonce: string) => string> = {
    "said again": () => question(host, kept),
    "of another question": (nonce) => question(host, proof(nonce, host, "/mgmt/hello?from=x")),
    "of another address": (nonce) => question("10.0.0.9:1", proof(nonce, "10.0.0.9:1")),
    "of another key": (nonce) =>
      question(host, proof(nonce, host, TARGET, { cert: cert.text, key: other.key.text })),
    "that is none": () => question(host, "Authorization: mgmt-certificate AAAA AAAA\r\n"),
    "missing": () => question(host),
  };
  for (const [name, second] of Object.entries(bad)) {
    const answers = await say(world, first, second, () => question(host));
    assertEquals(answers.map((each) => each.slice(9, 12)), ["401", "403"], name);
  }
  assertEquals(heard.length, 1);
  // Whatever else is asked is asked for a proof first.
  const page = await say(world, () => question(host, "", "/version"));
  assertStringIncludes(page.join(), "HTTP/1.1 401");
  assert((await ask(url, files.client())).ok);
});

test("plain text that asks a host with TLS hears of that, and is told nothing", async ({ port, heard }) => {
  const { code, message } = await refusal(ask(`http://127.0.0.1:${port}`, "none"));
  assertEquals(code, "speaks-tls", message);
  assertEquals(heard, []);
});

test(
  "TLS that asks a host with plain text goes no further",
  async ({ files, port, heard }) => {
    const { code, message } = await refusal(ask(`https://127.0.0.1:${port}`, files.client()));
    assertEquals(code, "speaks-plain", message);
    assertEquals(heard, []);
  },
  "http",
);

test("a client of etcd hears at once that there is none", async ({ files, url }) => {
  const { ca, cert, key } = files.client();
  const shown = `--cacert ${ca.path} --cert ${cert.path} --key ${key.path}`;
  const said = await shell(`${join(etcdPrograms(), "etcdctl")} --endpoints ${url} ${shown} get a`);
  assertStringIncludes(said, "no etcd runs on this host");
});

test("clocks are compared over TLS", async ({ files }) => {
  const { server } = files.member;
  const certified = { cert: server.cert.text, key: server.key.text };
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...certified });
  const serving = (async () => {
    const connection = await listener.accept();
    await connection.read(new Uint8Array(4096));
    const date = new Date(Date.now() - 60_000).toUTCString();
    const text = `HTTP/1.1 404 Not Found\r\nDate: ${date}\r\nContent-Length: 0\r\n\r\n`;
    await connection.write(new TextEncoder().encode(text));
    connection.close();
  })();
  const asker = { clock, network, credentials: files.client() };
  const urls = [`https://127.0.0.1:${listener.addr.port}`];
  const far = await farClock(urls, asker, new AbortController().signal);
  await serving;
  assert(far !== undefined && far.aheadMs > 55_000 && far.aheadMs < 65_000, `${far?.aheadMs}`);
});

/** The certificate that is shown there, as hexadecimal digits. */
function shownAt({ files, port }: World): Promise<string> {
  return new Promise((resolve, reject) => {
    const ca = files.ca.text;
    const socket = tls.connect({ host: "127.0.0.1", port, ca, servername: "mgmt-etcd" });
    socket.on("secureConnect", () => {
      resolve(new Uint8Array(socket.getPeerCertificate().raw).toHex());
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

const SERVER = { type: "server", addresses: ["127.0.0.1"] } as const;

test("a certificate that is renewed meanwhile is shown to who asks next, without a new start", async (world) => {
  const { files, url } = world;
  const before = await shownAt(world);
  assertEquals(await shownAt(world), before);
  const { cert } = await files.certify("server", SERVER);
  // Whoever was first may have been taken before it was looked.
  await shownAt(world);
  const after = await shownAt(world);
  assertEquals(after, bytesOf(cert.text).toHex());
  assert(after !== before);
  assert((await ask(url, files.client())).ok);
});

test("half of a renewal, and what is no certificate, is not shown, and ends nothing", async (world) => {
  const { files } = world;
  const before = await shownAt(world);
  const { cert, key } = files.files("server");
  for (const text of ["", "no certificate\n", (await files.certify("other", SERVER)).cert.text]) {
    Deno.writeTextFileSync(cert.path, text);
    for (let count = 0; count < 2; count++) assertEquals(await shownAt(world), before);
  }
  Deno.removeSync(cert.path);
  Deno.removeSync(key.path);
  for (let count = 0; count < 2; count++) assertEquals(await shownAt(world), before);
});

test("who asks shows what its certificate is by then", async ({ files, url }) => {
  using others = await TlsFiles.make();
  const theirs = others.files("agent");
  files.pair("mine", { cert: theirs.cert.text, key: theirs.key.text });
  const credentials = files.client("mine");
  assertEquals((await refusal(ask(url, credentials))).code, "untrusted");
  await files.certify("mine", { type: "host", id: "0".repeat(32) });
  assert((await ask(url, credentials)).ok);
});
