/** A cluster, here of one host, is given up for another by one command. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { freeUrl } from "../support/etcd.ts";
import { happens } from "../support/json_run.ts";
import { contentOf, inDirectory, mgmt, Program, within } from "../support/program.ts";

Deno.test("a host that is alone in its cluster goes to another by one command, with what it exports", async () => {
  await inDirectory(async (directory) => {
    const files = join(directory, "files");
    Deno.mkdirSync(files);
    const url = new Map([["a", freeUrl()], ["b", freeUrl()]]);
    const agents = ["a", "b"].map((host) => {
      const file = `{name: "@@${host}", path: ${join(files, host)}, content: ${host}}`;
      const collect = host === "a" ? `collect: [{kind: file, pattern: ${files}/, host: b}]\n` : "";
      const path = join(directory, `${host}.yaml`);
      Deno.writeTextFileSync(path, `graph: g\nresources: {file: [${file}]}\n${collect}`);
      return new Program([
        ...["run", path, "--prefix", join(directory, host), "--hostname", host],
        ...["--output", "json"],
        ...["--client-urls", url.get(host)!, "--server-urls", freeUrl()],
      ]);
    });
    const said = () => agents.map(({ stdout }) => stdout).join("\n---\n");
    const leave = (...args: string[]) => mgmt(["leave", "--prefix", join(directory, "b"), ...args]);
    try {
      for (const agent of agents) await happens(agent, "leads");
      const nowhere = await leave("--join", freeUrl());
      assertStringIncludes(nowhere.stderr, "b stays as it is: no cluster answers at");
      const living = await leave("--join", url.get("a")!, "--lost");
      assertStringIncludes(living.stderr, "answers, and is not lost");
      const alone = await leave("--lost");
      assertStringIncludes(alone.stderr, "answers, and is not lost");
      const moved = await leave("--join", url.get("a")!);
      assertEquals(moved.code, 0, moved.stderr);
      assertStringIncludes(moved.stdout, "b is in cluster ");
      await within(60_000, () => contentOf(join(files, "b")) === "b", said);
      const again = await leave("--join", url.get("a")!);
      assertEquals([again.code, again.stdout], [0, moved.stdout], again.stderr);
      assert(!contentOf(join(directory, "b/cluster/state/order.json"))?.includes('"left":true'));
    } finally {
      await Promise.all(agents.map((agent) => agent.interrupt()));
    }
  });
});
