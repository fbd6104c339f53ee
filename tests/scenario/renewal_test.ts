/** Certificates that are renewed while hosts work with them. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import tls from "node:tls";
import { eventually } from "../support/etcd.ts";
import { inDirectory } from "../support/program.ts";
import { TokenWorld } from "../support/token_world.ts";

const DAY_MS = 24 * 3600 * 1000;

/** What `mgmt members` says of a host. */
interface SeenHost {
  readonly host: string;
  readonly hostId: string;
  readonly trust: string;
  readonly certificate: { readonly fingerprint: string; readonly issuedAt: string } | null;
}

async function seen(world: TokenWorld, host: string): Promise<SeenHost | undefined> {
  const { members } = JSON.parse(await world.sees("h1", "members", "--output", "json"));
  return (members as SeenHost[]).find((each) => each.host === host);
}

function trustFile(world: TokenWorld, host: string, name: string): string {
  return join(world.prefix(host), "cluster/trust", name);
}

/** It has been in use for so long. */
async function hasAged(world: TokenWorld, host: string, days: number): Promise<void> {
  const path = trustFile(world, host, "age.json");
  const age = JSON.parse(await Deno.readTextFile(path));
  await Deno.writeTextFile(path, JSON.stringify({ ...age, usedMs: days * DAY_MS }));
}

/** The certificate that etcd shows to who connects. */
function etcdShows(world: TokenWorld): Promise<string> {
  const [host, port] = world.address.split(":");
  const ca = Deno.readTextFileSync(trustFile(world, "h1", "ca.pem"));
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const place = { host: host ?? "", port: Number(port), ca, servername: "mgmt-etcd" };
  const socket = tls.connect(place, () => {
    resolve(new Uint8Array(socket.getPeerCertificate().raw).toHex());
    socket.destroy();
  });
  socket.on("error", reject);
  return promise;
}

Deno.test("after 90 days of use both kinds of hosts have another certificate, are who they were, and need no new start of etcd", () =>
  inDirectory(async (directory) => {
    await using world = new TokenWorld(directory);
    await world.found("h1");
    const token = await world.token("h1");
    await world.agent("h3", "--token", token);
    await eventually(() => world.collected("h1").includes("of-h3"), () => world.said);
    await eventually(async () => (await seen(world, "h3"))?.certificate != null, () => world.said);
    const before = await Promise.all(["h1", "h3"].map((host) => seen(world, host)));
    assertEquals(before.map((each) => each?.trust), ["server", "agent"]);
    assertMatch(await world.says("h3", "members"), /h3 .* agent +([0-9A-F]{2}:){7}[0-9A-F]{2} +20/);
    assertMatch(
      await world.says("h3", "cluster", "status"),
      /certificate +.*no server role, of 20/,
    );

    await world.stop("h3");
    await hasAged(world, "h3", 91);
    const agent = await world.agent("h3");
    await agent.says("its certificate is renewed");
    await eventually(
      async () =>
        (await seen(world, "h3"))?.certificate?.fingerprint !== before[1]?.certificate?.fingerprint,
      () => world.said,
    );
    const after = await seen(world, "h3");
    assertEquals([after?.hostId, after?.trust], [before[1]?.hostId, "agent"]);
    const key = await Deno.readTextFile(trustFile(world, "h3", "host.key"));

    await world.stop("h1");
    await hasAged(world, "h1", 91);
    const shown = await Deno.readTextFile(trustFile(world, "h1", "server.pem"));
    const leader = await world.start("h1");
    await leader.says("its certificate is renewed");
    assert(await Deno.readTextFile(trustFile(world, "h1", "server.pem")) !== shown);
    const renewed = Uint8Array.fromBase64(
      (await Deno.readTextFile(trustFile(world, "h1", "server.pem"))).replace(/-----.*?-----/g, ""),
    ).toHex();
    assertEquals(await etcdShows(world), renewed);
    // They go on with each other, also over a new start with what they have now.
    await world.stop("h3");
    await Deno.remove(join(world.directory, "h3.d", "of-h1"), { recursive: true });
    await world.agent("h3");
    await eventually(() => world.collected("h3").includes("of-h1"), () => world.said);
    assertEquals(await Deno.readTextFile(trustFile(world, "h3", "host.key")), key);
    assertEquals(leader.stderr.includes("Warning"), false, leader.stderr);
  }));
