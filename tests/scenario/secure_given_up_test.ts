/** A plain cluster on its way to TLS that is given up late, while hosts are away. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { comes, MEMBERS, NAMES, PlainFleet } from "../support/plain_fleet.ts";
import { contentOf, inDirectory } from "../support/program.ts";

/** Whether a host speaks TLS, by what it has written down of itself. */
function speaksTls(fleet: PlainFleet, name: typeof NAMES[number]): boolean {
  const text = contentOf(join(fleet.prefix(name), "cluster/state/identity.json"));
  return text !== undefined && JSON.parse(text).tls === true;
}

Deno.test("given up when agents speak TLS already, an agent that is off then speaks plain text when it is back", (t) =>
  inDirectory(async (directory) => {
    await using fleet = new PlainFleet(directory);
    for (const name of NAMES) fleet.start(name);
    await fleet.decides(/3 members, 3 voters/);
    await fleet.exchanges();

    await t.step("the last level waits for a member that is away", async () => {
      const ordered = fleet.secure("a");
      await comes(() => assert(speaksTls(fleet, "d"), fleet.log("d")), 180_000);
      const killed = fleet.now();
      await Promise.all([fleet.kill("c"), fleet.kill("d")]);
      await fleet.decides(/c is silent|c starts its etcd anew|no agent runs on c/, killed);
      const waits = fleet.now();
      const aborted = fleet.mgmt("b", "cluster", "secure", "--abort", "--wait", "300");
      await fleet.decides(/goes back to plain text|in plain text again/, waits);
      fleet.start("c");
      const { code, stdout, stderr } = await aborted;
      assertEquals(code, 0, stderr);
      assertMatch(stdout, /d: not there now, and speaks plain text by itself when it is back/);
      assertStringIncludes((await ordered).stderr, "somebody has given it up");
    });

    await t.step("who comes back exchanges with the others, and keeps nothing of it", async () => {
      fleet.start("d");
      await fleet.exchanges();
      await comes(() => {
        for (const name of NAMES) {
          assert(!speaksTls(fleet, name), name);
          const kept = contentOf(join(fleet.prefix(name), "cluster/trust/ca.next.pem"));
          assertEquals(kept, undefined, name);
        }
      });
      assertEquals(MEMBERS.length, 3);
    });
  }));
