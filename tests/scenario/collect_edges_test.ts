/** What comes from other hosts makes something happen here. */

import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { freeUrl } from "../support/etcd.ts";
import { contentOf, inDirectory, Program, within } from "../support/program.ts";

/** Another host's export. */
function exporter(content: string): string {
  return `graph: b\nresources: {file: [{name: "@@backend", path: /backend, content: "${content}"}]}\n`;
}

Deno.test("what is collected notifies a command of the graph, each time that it changes", async () => {
  await inDirectory(async (directory) => {
    const [clients, servers] = [freeUrl(), freeUrl()];
    const log = join(directory, "log");
    const upstream = join(directory, "upstream");
    Deno.mkdirSync(upstream);
    Deno.writeTextFileSync(
      join(directory, "a.yaml"),
      `graph: a
resources:
  exec: [{name: reload, shell: /bin/sh, ifcmd: "false", cmd: "cat ${upstream}/* >> ${log}"}]
collect:
- {id: peers, kind: file, pattern: ${upstream}/, withdrawn: absent}
edges:
- {from: {collect: peers}, to: {kind: exec, name: reload}, notify: true}
`,
    );
    const graphOfB = join(directory, "b.yaml");
    Deno.writeTextFileSync(graphOfB, exporter("one;"));
    const start = (host: string, ...more: string[]) =>
      new Program([
        ...["run", join(directory, `${host}.yaml`), "--prefix", join(directory, host)],
        ...["--hostname", host, ...more],
      ]);
    const agents = [start("a", "--client-urls", clients, "--server-urls", servers)];
    try {
      await agents[0]!.says("Recap:");
      agents.push(start("b", "--seeds", clients, "--no-server"));
      const said = () => agents.map(({ stderr }) => stderr).join("\n---\n");
      await within(60_000, () => contentOf(log) === "one;", said);
      Deno.writeTextFileSync(graphOfB, exporter("two;"));
      await within(60_000, () => contentOf(log) === "one;two;", said);
    } finally {
      await Promise.all(agents.map((agent) => agent.interrupt()));
    }
    // Started again, with all as it was, nothing is done again.
    const ended = await start("a", "--client-urls", clients, "-t", "0").ended();
    assertEquals(contentOf(log), "one;two;", ended.stderr);
  });
});
