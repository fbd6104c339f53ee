/** A host that has the secret of its cluster is cast out: the others get another one. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { exportedKey } from "../../src/cluster/store/keys.ts";
import { contentOf, inDirectory, mgmt } from "../support/program.ts";
import { RotatingWorld } from "../support/rotating_world.ts";

Deno.test("a host with the server role is cast out by another authority, which it never gets", () =>
  inDirectory(async (directory) => {
    await using world = new RotatingWorld(directory);
    await world.boot();
    try {
      const a1 = await world.agent("a1", "--token", await world.token("h1"));
      await a1.says("is let into its cluster as agent");
      const leader = await world.leading();
      const [first = "", second = ""] = ["h1", "h2", "h3"].filter((host) => host !== leader);
      const itself = await mgmt(["evict", leader, "--prefix", world.prefix(leader)]);
      assertMatch(itself.stderr, /nobody casts out itself/);
      const before = contentOf(join(world.trustOf(leader), "ca.key"));

      const frail = await mgmt(["evict", leader, "--prefix", world.prefix(first)]);
      assertEquals(frail.code, 1, frail.stderr);
      assertMatch(frail.stderr, /has 2 members, 2 voters: survives the loss of none\n.*--yes/);

      // Who decides is cast out, and decides nothing any more.
      const evicting = world.command(first, "evict", leader, "--wait", "600", "--yes");
      await evicting.says(`without ${leader} the cluster has 2 members`);
      await evicting.says(`waiting until ${leader} is no member any more`);
      // With two left one of them goes on as a learner: for a moment nobody may answer.
      const late = await world.asks(second, "evict", leader, "--wait", "0");
      assertEquals(late.code, 5, late.stderr);
      const other = await world.asks(second, "cluster", "rotate", "ca", "--wait", "0");
      assertMatch(other.stderr, new RegExp(`already, as ${first} has asked|casts out ${leader}`));
      const { code, stdout, stderr } = await evicting.ended();
      assertEquals(code, 0, stderr);
      assertMatch(stdout, new RegExp(`${leader} is cast out`));

      // As after a command that was killed, or waited no longer: given again it removes what is left.
      const left = exportedKey(leader, "file", "left");
      await world.answer(first, "put", left, "{}");
      const again = await world.says(first, "evict", leader);
      assertMatch(again, new RegExp(`${leader} is cast out[^]*What ${leader} exported is gone`));
      assertEquals(await world.answer(first, "get", left), "");
      await world.leader(leader).says(`was cast out of its cluster (mgmt evict, on ${first})`);
      await world.isOfOne([first, second, "a1"]);
      assertEquals(await world.serves(world.trustOf(leader)), false);
      assertEquals(contentOf(join(world.trustOf(leader), "ca.key")), before);
      assertEquals(contentOf(join(world.trustOf(leader), "next.key")), undefined);
      const members = await world.says(first, "members");
      assert(!new RegExp(`^${leader} `, "m").test(members), members);
      const status = await world.says("a1", "cluster", "status");
      assert(!status.includes(leader), status);
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.stack : error}\n${world.said}`);
    }
  }));
