/** Where there is only IPv6, and where there is no network at all, not even that of loopback. */

import { assert, assertEquals } from "@std/assert";
import {
  contentOf,
  enoughSeconds,
  inDirectory,
  mgmt,
  Program,
  within,
} from "../../support/program.ts";
import { eventsOf, failureCodes, tells, withJsonRun } from "../../support/json_run.ts";
import {
  CAN_HAVE_NETWORKS,
  freeIpv6Place,
  NetworkNamespace,
} from "../../support/network_namespace.ts";

Deno.test({
  name:
    "IPv6 only: two hosts at ::1 are one cluster and exchange, commands reach it, both end at ^C",
  ignore: !CAN_HAVE_NETWORKS,
  fn: async () => {
    await using network = await NetworkNamespace.make();
    await network.onlyIpv6();
    const { through } = network;
    await inDirectory(async (directory) => {
      const clients = new Map(["h1", "h2"].map((host) => [host, freeIpv6Place()]));
      const agents = [...clients].map(([host, client]) => {
        const [graph, files] = [`${directory}/${host}.yaml`, `${directory}/of-${host}`];
        Deno.mkdirSync(files);
        Deno.writeTextFileSync(
          graph,
          `graph: ${host}\nresources:\n  file:\n` +
            `  - {name: "@@${host}", path: ${files}/${host}, content: ${host}}\n` +
            `collect: [{kind: file, pattern: ${files}/}]\n`,
        );
        const place = ["--hostname", host, "--prefix", `${directory}/${host}`];
        const urls = ["--client-urls", client, "--server-urls", freeIpv6Place()];
        const seeds = host === "h1" ? [] : ["--seeds", clients.get("h1")!];
        return new Program(["run", graph, ...place, ...urls, ...seeds], { through });
      });
      const said = () => agents.map(({ stderr }) => stderr).join("\n---\n");
      try {
        const has = (host: string, file: string) =>
          contentOf(`${directory}/of-${host}/${file}`) === file;
        const isExchanged = () => ["h1", "h2"].every((host) => has(host, "h1") && has(host, "h2"));
        await within(60_000, isExchanged, said);
        const asked = ["members", "--seeds", clients.get("h1")!, "--output", "json"];
        const { code, stdout, stderr } = await mgmt(asked, { through });
        assertEquals(code, 0, stderr);
        const { members } = JSON.parse(stdout);
        assertEquals(members.map(({ host, live }: Row) => [host, live]), [
          ["h1", true],
          ["h2", true],
        ]);
      } finally {
        for (const agent of agents) agent.signal("SIGINT");
      }
      const ended = await Promise.all(agents.map((agent) => agent.ended()));
      assertEquals(ended.map(({ code }) => code), [130, 130], said());
    });
  },
});

interface Row {
  readonly host: string;
  readonly live: boolean;
}

/** A file, a command that talks to nobody, and two that want a network: one asks, one exports. */
const WITHOUT = `graph: alone
resources:
  file:
  - {name: there, path: DIR/there, content: "there\\n"}
  - {name: "@@offered", path: DIR/offered, content: "offered\\n"}
  exec:
  - {name: local, shell: /bin/sh, cmd: echo local > DIR/local}
  probe:
  - {name: page, tcp: "127.0.0.1:9", timeout: 1}
`;

Deno.test({
  name:
    "no network: files and commands are done, what cannot be is told by its code, and runs end as told",
  ignore: !CAN_HAVE_NETWORKS,
  fn: async () => {
    await using network = await NetworkNamespace.make();
    const { through } = network;
    await withJsonRun(WITHOUT, async ({ directory, once, start }) => {
      const run = await once(["--cluster-wait", "1"], { through });
      assertEquals(run.code, 4, run.stdout + run.stderr);
      assertEquals(contentOf(`${directory}/there`), "there\n");
      assertEquals(contentOf(`${directory}/local`), "local\n");
      assertEquals(failureCodes(run), { "probe[page]": "unreachable" });
      const limit = ["--max-runtime", `${enoughSeconds(run)}`];
      const late = await once(["--cluster-wait", "60", ...limit], { through });
      assertEquals(late.code, 4, "a failure beats the time that is over");

      const stays = start(["--hostname", "h1"], { through });
      const failed = await tells(stays, ({ what }) => what === "founding-failed");
      assertEquals(failed.code, "address-unreachable", JSON.stringify(failed));
      Deno.removeSync(`${directory}/there`);
      await within(60_000, () => contentOf(`${directory}/there`) === "there\n", () => stays.stdout);
      const ended = await stays.interrupt();
      assertEquals(ended.code, 130, ended.stdout);
      assert(!eventsOf(ended).some(({ what }) => what === "joined"), "there was a cluster");
    });
  },
});

Deno.test({
  name: "no network: once loopback is up, an agent that has waited founds its cluster by itself",
  ignore: !CAN_HAVE_NETWORKS,
  fn: async () => {
    await using network = await NetworkNamespace.make();
    const { through } = network;
    await withJsonRun("graph: g\nresources: {noop: [{name: n}]}\n", async ({ start }) => {
      const urls = ["--client-urls", freeIpv6Place(), "--server-urls", freeIpv6Place()];
      const agent = start(["--hostname", "h1", ...urls], { through });
      await tells(agent, ({ what, why }) => what === "waiting" && why.code === "own-address");
      await network.onlyIpv6();
      await tells(agent, ({ what }) => what === "leads");
      assertEquals((await agent.interrupt()).code, 130);
    });
  },
});
