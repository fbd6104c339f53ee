// leaves nothing: the host has its name and its time zone back

/** Facts of a host with systemd, as an agent's graph and mgmt facts have them. */

import { assertEquals, assertMatch } from "@std/assert";
import { contentOf, mgmt, shell, within } from "../support/program.ts";
import { agent } from "../support/host_world.ts";

Deno.test("what systemd changes of a host changes a graph with values, and what systemd knows is known", async () => {
  const name = (await shell("hostname")).trim();
  const zone = (await shell("timedatectl show --property Timezone --value")).trim();
  const target = (await shell("readlink /etc/localtime")).trim();
  const link = "ln --symbolic --force --no-dereference";
  const { stdout } = await mgmt(["facts", "--output", "json"]);
  const facts = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  assertEquals([facts.name, facts.timezone, facts.init], [name, zone, "systemd"]);
  const detected = (await shell("systemd-detect-virt")).trim();
  assertEquals(facts.virtualization, detected);
  assertEquals(facts.machineId, (await shell("cat /etc/machine-id")).trim());
  assertMatch(JSON.stringify(facts.os), /"id":"[a-z]+".*"family":"(debian|redhat)"/);
  const graph =
    'graph: g\nvalues:\nresources:\n  file:\n  - {name: /run/seen, content: "${host.name} ${host.timezone}"}\n';
  const has = (text: string) =>
    within(
      60_000,
      () => contentOf("/run/seen") === text,
      () => `${text}: ${contentOf("/run/seen")}`,
    );
  try {
    await agent(graph, async () => {
      await has(`${name} ${zone}`);
      await shell("hostnamectl set-hostname facts.example.org");
      await has(`facts.example.org ${zone}`);
      // As timedatectl does it, which would also tell the kernel, that all hosts of this machine share.
      await shell(`${link} ../usr/share/zoneinfo/Pacific/Auckland /etc/localtime`);
      await has("facts.example.org Pacific/Auckland");
      await shell("hostname -b passing");
      await has("passing Pacific/Auckland");
    });
  } finally {
    await shell(`hostnamectl set-hostname ${name}; ${link} ${target} /etc/localtime; rm /run/seen`);
  }
});
