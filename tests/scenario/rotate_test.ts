/** A cluster whose authority is replaced, while it is at work. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { eventually } from "../support/etcd.ts";
import { contentOf, inDirectory, mgmt } from "../support/program.ts";
import { RotatingWorld, SERVERS } from "../support/rotating_world.ts";

/** Runs a test in a cluster of three hosts that run etcd. */
function inCluster(test: (world: RotatingWorld) => Promise<void>): Promise<void> {
  return inDirectory(async (directory) => {
    await using world = new RotatingWorld(directory);
    await world.boot();
    try {
      await test(world);
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.stack : error}\n${world.said}`);
    }
  });
}

Deno.test("another authority takes the place of the old one while hosts work, and whoever leads is killed in the middle", () =>
  inCluster(async (world) => {
    const token = await world.token("h1", "--uses", "3");
    const [a1, a2] = await Promise.all(
      ["a1", "a2"].map((host) => world.agent(host, "--token", token)),
    );
    assert(a1 !== undefined && a2 !== undefined);
    await eventually(() => world.collected("a1").length === 5, () => world.said);
    await world.stop("a2");
    const old = join(world.directory, "old");
    Deno.mkdirSync(old);
    for (const name of ["ca.pem", "host.pem", "host.key", "ca.key"]) {
      Deno.copyFileSync(join(world.trustOf("h3"), name), join(old, name));
    }
    await eventually(() => world.serves(old), () => world.said);
    const writer = world.write();

    const refused = await mgmt(["cluster", "rotate", "ca", "--prefix", world.prefix("h2")]);
    assertEquals(refused.code, 1);
    assertMatch(refused.stderr, /a2 is not there: it needs a new token.*\n.*--yes/);
    const isAgents = await mgmt(["cluster", "rotate", "ca", "--prefix", world.prefix("a1")]);
    assertMatch(isAgents.stderr, /this host has no server role/);

    const rotating = world.command("h2", "cluster", "rotate", "ca", "--yes", "--wait", "600");
    await rotating.says("step 2 of 4", 180_000);
    const again = ["cluster", "rotate", "ca", "--wait", "0"];
    const { code: late, stderr: said } = await world.asks("h3", ...again);
    assertEquals(late, 5, said);
    assertMatch(said, /step [234] of 4.*\n.*not done within --wait/);
    const leader = await world.leading();
    world.leader(leader).signal("SIGKILL");
    await world.leader(leader).ended();
    if (leader === "h1") await world.start("h1");
    else await world.serve(leader);
    const { code, stdout, stderr } = await rotating.ended();
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /With the one before ended 1 token/);
    assertMatch(stdout, /a2 was not there, and needs a new token/);

    const numbers = await writer.stop();
    assert(numbers.length > 20, String(numbers.length));
    assertEquals(await world.lost(numbers), []);
    await world.isOfOne([...SERVERS, "a1"]);
    assert(!world.believed("h1").includes(Deno.readTextFileSync(join(old, "ca.pem"))));
    assertEquals(await world.serves(old), false);
    const exported = world.collected("a1");
    assertEquals(exported.length, 5, exported.join());
    // No byte of a key has been in the store.
    const snapshot = join(world.directory, "snapshot");
    await world.says("h1", "cluster", "snapshot", snapshot);
    const secret = (await mgmt(["cluster", "secret", "--prefix", world.prefix("h3")])).stdout;
    assert(secret !== Deno.readTextFileSync(world.secretFile));
    const bytes = new TextDecoder("latin1").decode(Deno.readFileSync(snapshot));
    const line = secret.split("\n").at(-4) ?? "";
    assert(line.length > 40 && !bytes.includes(line));

    assertMatch(await world.says("a1", "cluster", "status"), /was replaced; a2 was not there/);
    const anew = await world.token("h1");
    await (await world.agent("a2", "--token", anew)).says("is let into its cluster as agent");
    await world.becomes("h1", ["cluster", "status"], /^(?![^]*was replaced)/);
    // As its unit does, which still names the file.
    await world.stop("h2");
    await (await world.serve("h2")).says("Recap");
    await world.isOfOne([...SERVERS, "a1", "a2"]);
    assertEquals(contentOf(join(world.trustOf("h2"), "next.key")), undefined);
  }));
