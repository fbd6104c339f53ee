/** What meets in a cluster that speaks TLS: tokens, addresses of before, restored secrets, and other hosts' eyes. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { eventually } from "../support/etcd.ts";
import { inTokenCluster } from "../support/token_world.ts";

Deno.test("who joined with a token for servers, and its addresses, runs etcd there again when it is named none; others see a graph as it does", () =>
  inTokenCluster(async (world) => {
    const file = join(world.directory, "token");
    const token = await world.token("h1", "--role", "server");
    await Deno.writeTextFile(file, token, { mode: 0o600 });
    const seeds = ["--seeds", world.address, "--label", "role=web"];
    const urls = world.urls();
    const first = await world.start("h2", ...seeds, ...urls, "--token-file", file);
    await first.says("is let into its cluster as server");
    const [, client = "", , server = ""] = urls;
    const there = new RegExp(`h2 +(voter|learner) +live .*https://${client}`);
    await world.becomes("h1", ["members"], there);
    await world.stop("h2");
    // Its unit goes on to name the token, which is gone.
    await Deno.remove(file);
    const again = await world.start("h2", ...seeds, "--token-file", file);
    await again.says(`listens at ${client} and ${server} as before`);
    await world.becomes("h1", ["members"], there);

    const graph = join(world.directory, "site.yaml");
    const named = '{name: "/tmp/${host.name}", content: "${host.labels.role}"}';
    Deno.writeTextFileSync(graph, `graph: v\nvalues: {}\nresources: {file: [${named}]}\n`);
    const asOther = ["graph", graph, "--format=yaml", "--as", "h2"];
    await world.becomes("h1", asOther, /name: \/tmp\/h2[^]*content: web/);
  }));

Deno.test("a cluster that is restored with its secret in a fresh prefix lets hosts in with tokens", () =>
  inTokenCluster(async (world) => {
    const [snapshot, secret] = ["snapshot", "secret"].map((name) => join(world.directory, name));
    const before = await world.token("h1");
    await Deno.writeTextFile(secret!, await world.says("h1", "cluster", "secret"), { mode: 0o600 });
    await world.says("h1", "cluster", "snapshot", snapshot!);
    await world.stop("h1");
    const restoring = ["cluster", "restore", "--yes", "--secret-file", secret!, snapshot!];
    assertStringIncludes(
      await world.says("r1", ...restoring, "--hostname", "r1"),
      "with --hostname r1 and the addresses",
    );
    const [, , ...server] = world.urls();
    const restored = await world.start("r1", "--client-urls", world.address, ...server);
    await restored.says("leads the cluster");
    const token = await world.token("r1");
    const come = await world.agent("h3", "--token", token);
    await come.says("is let into its cluster as agent");
    await eventually(() => world.collected("h3").includes("of-r1"), () => world.said);
    // One of the cluster that was lets nobody into this one.
    assertEquals(await world.says("r1", "token", "list"), "There are no tokens.\n");
    const late =
      await (await world.agent("h4", "--token", before, "-t", "0", "--cluster-wait", "2")).ended();
    assertEquals(late.stderr.includes("is let into"), false, late.stderr);
    assertEquals(world.collected("h4"), ["of-h4"]);
  }));
