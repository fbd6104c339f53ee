/** A running plain cluster of several hosts becomes one with TLS, goes back in between, and loses who leads. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { etcdPrograms } from "../support/etcd.ts";
import { comes, MEMBERS, NAMES, PlainFleet } from "../support/plain_fleet.ts";
import { contentOf, inDirectory, shell } from "../support/program.ts";

/** A client without a certificate. */
function stranger(address: string): Promise<string> {
  const etcdctl = join(etcdPrograms(), "etcdctl");
  return shell(
    `${etcdctl} --endpoints http://${address} --command-timeout=2s get --prefix /_mgmt/ 2>&1 || true`,
  );
}

Deno.test("a plain cluster becomes one with TLS while it is used, also after it was given up and who led was killed", (t) =>
  inDirectory(async (directory) => {
    await using fleet = new PlainFleet(directory);
    for (const name of NAMES) fleet.start(name);
    await fleet.decides(/3 members, 3 voters/);
    await fleet.exchanges();
    fleet.keepWriting();

    await t.step("not where a majority could be lost, nor on a host without etcd", async () => {
      const client = await fleet.mgmt("d", "cluster", "secure", "--yes");
      assertStringIncludes(client.stderr, "this host runs no etcd of the cluster");
      await fleet.kill("c");
      await comes(async () => {
        const { code, stderr } = await fleet.mgmt("a", "cluster", "secure", "--yes");
        assertEquals(code, 1, stderr);
        assertMatch(stderr, /without c a majority could be lost/);
      });
      fleet.start("c");
    });

    await t.step(
      "each host shows the key with which it asks, and nobody says yes unseen",
      async () => {
        await comes(async () => {
          const { code, stderr } = await fleet.mgmt("a", "cluster", "secure");
          assertEquals(code, 1);
          assertStringIncludes(stderr, "there is no terminal to ask on");
          for (const name of NAMES) {
            const own = await fleet.says(name, "cluster", "status");
            const [, fingerprint = "none"] = /asks with the key\s+([0-9A-F:]+)/.exec(own) ?? [];
            assertStringIncludes(stderr, fingerprint);
          }
        });
      },
    );

    await t.step("given up on another host in the middle, it is plain as before", async () => {
      const ordered = fleet.secure("a");
      await fleet.decides(/starts? its etcd anew: it speaks TLS with other members/);
      assertStringIncludes(
        await fleet.says("b", "cluster", "secure", "--abort"),
        "plain text again",
      );
      assertStringIncludes((await ordered).stderr, "somebody has given it up");
      await fleet.exchanges();
      assertStringIncludes(await stranger(fleet.client("a")), "/_mgmt/ctl/leader");
      await comes(() => {
        for (const name of NAMES) {
          const kept = contentOf(join(fleet.prefix(name), "cluster/trust/ca.key"));
          assertEquals(kept, undefined, `${name} keeps a secret that nobody else has`);
        }
      });
    });

    await t.step(
      "who leads is killed in the middle, and comes back as it was started before",
      async () => {
        const plain = fleet.now();
        const ordered = fleet.secure("a");
        const leader = await fleet.decides(
          /starts? its etcd anew: it speaks TLS with other members/,
          plain,
        );
        const killed = fleet.now();
        await fleet.kill(leader);
        await fleet.decides(new RegExp(`${leader} (is silent|starts its etcd)`), killed);
        fleet.start(leader);
        const { code, stdout, stderr } = await ordered;
        assertEquals(code, 0, stderr);
        assertStringIncludes(stdout, "the cluster speaks TLS");
      },
    );

    await t.step("nobody is answered without a certificate, and nothing was lost", async () => {
      await fleet.exchanges();
      assertEquals(fleet.wentBack, []);
      for (const name of MEMBERS) {
        assert(!(await stranger(fleet.client(name))).includes("/_mgmt/"), name);
      }
      assertMatch(await fleet.says("b", "cluster", "status"), /traffic +TLS/);
      assertMatch(await fleet.says("b", "members"), /^d +client.* agent /m);
      assertMatch(
        (await fleet.mgmt("d", "cluster", "size", "5")).stderr,
        /write only what is its own/,
      );
    });

    await t.step("a host without etcd keeps the name to which its certificate has rights", () => {
      const kept = contentOf(join(fleet.prefix("d"), "cluster/state/identity.json"));
      assertEquals(JSON.parse(kept ?? "{}").host, "d");
    });

    await t.step("its hosts come back by what their units say", async () => {
      for (const name of NAMES) await fleet.stop(name);
      for (const name of NAMES) fleet.start(name);
      await fleet.exchanges();
      assertStringIncludes(fleet.log("d"), "--insecure-plaintext");
    });
  }));
