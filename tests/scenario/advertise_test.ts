/** Hosts that others reach elsewhere than where they listen: behind forwarded ports, in containers. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { freePort } from "../support/free_port.ts";
import { isSoon } from "../support/polling.ts";
import { happens } from "../support/json_run.ts";
import { inDirectory, mgmt, Program } from "../support/program.ts";

const GRAPH = "graph: g\nresources: {file: [{name: it, path: /nonexistent/x, state: absent}]}\n";

/** Hands on what comes to a port of 127.0.0.2, the address that others know. */
function forward(from: number, to: number): Deno.Listener {
  const door = Deno.listen({ hostname: "127.0.0.2", port: from });
  void (async () => {
    for await (const outside of door) {
      const inside = await Deno.connect({ hostname: "127.0.0.1", port: to }).catch(() => undefined);
      if (inside === undefined) {
        outside.close();
        continue;
      }
      for (const [one, other] of [[outside, inside], [inside, outside]] as const) {
        void one.readable.pipeTo(other.writable).catch(() => {});
      }
    }
  })();
  return door;
}

Deno.test("a host behind forwarded ports is a member that others reach, and reaches itself without", async () => {
  await inDirectory(async (directory) => {
    const graph = join(directory, "g.yaml");
    Deno.writeTextFileSync(graph, GRAPH);
    const [client, peer, toldClient, toldPeer] = [freePort(), freePort(), freePort(), freePort()];
    const agents: Program[] = [];
    const doors: Deno.Listener[] = [];
    const start = (host: string, clients: string, peers: string, more: readonly string[]) =>
      agents.push(
        new Program([
          ...["run", graph, "--prefix", join(directory, host), "--hostname", host],
          ...["--client-urls", clients, "--server-urls", peers, "--output", "json", ...more],
          // All of a host's own addresses are not this machine's alone.
          "--insecure-plaintext",
        ]),
      );
    const rows = async (prefix: string) => {
      const { code, stdout } = await mgmt([
        ...["members", "--prefix", join(directory, prefix), "--output", "json"],
      ]);
      return code === 0 ? JSON.parse(stdout).members as Record<string, unknown>[] : [];
    };
    const said = () => agents.map(({ stdout }) => stdout).join("\n---\n");
    try {
      start("a", `0.0.0.0:${client}`, `0.0.0.0:${peer}`, [
        ...["--advertise-client-urls", `127.0.0.2:${toldClient}`],
        ...["--advertise-server-urls", `127.0.0.2:${toldPeer}`],
      ]);
      // Nothing is forwarded yet: the host itself does without.
      await happens(agents[0]!, "leads");
      let told: unknown;
      await isSoon(async () => {
        const [own] = await rows("a");
        const isVoter = own?.role === "voter" && own.answers === true;
        if (isVoter) told = own.clientUrls;
        return isVoter;
      }, 60_000);
      assertEquals(told, [`http://127.0.0.2:${toldClient}`], said());
      doors.push(forward(toldClient, client), forward(toldPeer, peer));
      start("b", `127.0.0.1:${freePort()}`, `127.0.0.1:${freePort()}`, [
        ...["--seeds", `127.0.0.2:${toldClient}`],
      ]);
      await happens(agents[1]!, "joined");
      await happens(agents[1]!, "nominated");
      const status = () => mgmt(["cluster", "status", "--prefix", join(directory, "b")]);
      let text = "";
      await isSoon(async () => {
        text = (await status()).stdout;
        return text.includes("a third host makes it 1");
      }, 60_000);
      assertStringIncludes(text, "a third host makes it 1", said());
    } finally {
      await Promise.all(agents.map((agent) => agent.interrupt()));
      for (const door of doors) door.close();
    }
  });
});
