/** What commands say of a cluster that is asked at one of its clients, or that has lost its majority. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { freeUrl } from "../support/etcd.ts";
import { happens } from "../support/json_run.ts";
import { isSoon } from "../support/polling.ts";
import { inDirectory, mgmt, Program } from "../support/program.ts";

Deno.test("a cluster is found at its clients, an offer that nobody needs is not waited for, and who is missing is named", async () => {
  await inDirectory(async (directory) => {
    Deno.writeTextFileSync(join(directory, "g.yaml"), "graph: g\nresources: {}\n");
    const urls = new Map([..."abcd"].map((host) => [host, [freeUrl(), freeUrl()] as const]));
    const agents = new Map<string, Program>();
    const start = (host: string, ...more: string[]) => {
      const [client, peer] = urls.get(host)!;
      const agent = new Program([
        ...[
          "run",
          join(directory, "g.yaml"),
          "--prefix",
          join(directory, host),
          "--hostname",
          host,
        ],
        ...["--client-urls", client, "--server-urls", peer, "--output", "json", ...more],
      ]);
      agents.set(host, agent);
      return agent;
    };
    const said = () => [...agents].map(([host, { stdout }]) => `${host}:\n${stdout}`).join("\n");
    const seeds = ["--seeds", urls.get("a")![0]];
    try {
      const first = start("a", "--ideal-cluster-size", "3");
      for (const host of ["b", "c"]) start(host, ...seeds);
      const areThree = () => first.stdout.includes("3 members, 3 voters");
      assert(await isSoon(areThree, 180_000), said());
      await happens(start("d", ...seeds), "joined");

      // d runs no etcd: it tells where the cluster is.
      const members = await mgmt(["members", "--seeds", urls.get("d")![0]]);
      assertEquals(members.code, 0, members.stderr);
      assertMatch(members.stdout, /^d +client/m);

      // Had it waited to its end, its code would be another.
      const offer = ["volunteer", "on", "--prefix", join(directory, "d"), "--wait", "300"];
      const on = await mgmt(offer);
      assertEquals([on.code, on.stdout], [0, "the offer stands; nobody needs it so far\n"]);

      await Promise.all([...agents.values()].map((agent) => agent.interrupt()));
      const again = start("a", "--cluster-wait", "1");
      const { voters: all, needed, missing } = await happens(again, "majority-away");
      assertEquals([all, needed], [3, 2]);
      const names = missing.map(({ host }: { host: string }) => host);
      assertEquals(names.filter((name: string) => name !== "a").sort(), ["b", "c"]);
      for (const words of [["members"], ["cluster", "status"]]) {
        const asked = await mgmt([...words, "--prefix", join(directory, "a")]);
        assertEquals(asked.code, 1);
        for (const host of ["b", "c"]) {
          assertStringIncludes(asked.stderr, `${host} at ${urls.get(host)![0]}`);
        }
        assertStringIncludes(asked.stderr, "start those members again");
      }
    } finally {
      await Promise.all([...agents.values()].map((agent) => agent.interrupt()));
    }
  });
});
