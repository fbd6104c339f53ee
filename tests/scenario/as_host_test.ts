/** Graphs that are looked at as another host of the cluster, with real agents and a real etcd. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { eventually } from "../support/etcd.ts";
import { mgmt } from "../support/program.ts";
import { type ProgramFleet, withProgramFleet } from "../support/program_fleet.ts";

const PROGRAM = `import { file, program } from "mgmt";
export default program(({ host, read }) => {
  file("/tmp/" + host.name, { content: host.labels.role + read("here.txt") + host.cpus });
});
`;
const YAML = "graph: v\nvalues: {}\nresources:\n  file:\n" +
  '  - {name: "/tmp/${host.name}", content: "${host.labels.role}"}\n';

/** A graph as the executable shows it. */
async function shown(fleet: ProgramFleet, file: string, ...flags: string[]) {
  return await mgmt(["graph", `${fleet.directory}/${file}`, "--format=yaml", ...flags]);
}

function prefix(fleet: ProgramFleet, host: string): string[] {
  return ["--prefix", `${fleet.directory}/prefix-${host}`];
}

Deno.test("a graph is looked at as another host by what that tells the cluster, also when it is away", () =>
  withProgramFleet(async (fleet) => {
    const { directory } = fleet;
    Deno.writeTextFileSync(`${directory}/site.ts`, PROGRAM);
    Deno.writeTextFileSync(`${directory}/site.yaml`, YAML);
    Deno.writeTextFileSync(`${directory}/here.txt`, " of here ");
    fleet.writes("db1", "");
    fleet.writes("web1", "");
    fleet.start("db1", "--label", "role=db");
    const web = fleet.start("web1", "--label", "role=web");
    const cpus = navigator.hardwareConcurrency;
    let seen = await shown(fleet, "site.ts", "--as", "db1", ...prefix(fleet, "web1"));
    await eventually(
      async () => {
        seen = await shown(fleet, "site.ts", "--as", "db1", ...prefix(fleet, "web1"));
        return seen.code === 0;
      },
      () => `${seen.stderr}\n${web.stderr}`,
      60_000,
    );
    assertStringIncludes(seen.stdout, "name: /tmp/db1");
    assertMatch(seen.stdout, /content: db of here \d+/);
    assertEquals([cpus > 0, seen.stderr], [true, ""]);

    // As YAML with values, by addresses alone, and with a label that is to be.
    const byYaml = await shown(fleet, "site.yaml", "--as", "db1", ...prefix(fleet, "web1"));
    assertStringIncludes(byYaml.stdout, "content: db", byYaml.stderr);
    const seeds = fleet.args("db1")[5]!;
    const elsewhere = ["--prefix", `${directory}/nowhere`, "--seeds", seeds];
    const bySeeds = await shown(fleet, "site.yaml", "--as=web1", ...elsewhere, "--label=role=x");
    assertStringIncludes(bySeeds.stdout, "content: x", bySeeds.stderr);
    const line = ["--as", "db1", ...prefix(fleet, "web1")];
    const valid = await mgmt(["validate", `${directory}/site.ts`, ...line]);
    assertEquals(valid.code, 0, valid.stderr);
    const plan = await mgmt(["plan", `${directory}/site.ts`, ...line]);
    assertStringIncludes(plan.stdout, "/tmp/db1", plan.stderr);

    const unknown = await shown(fleet, "site.ts", "--as", "db2", ...prefix(fleet, "web1"));
    assertEquals(unknown.code, 1);
    assertEquals(
      unknown.stderr,
      "mgmt graph: the cluster knows no host db2\n" +
        "  hint: hosts of the cluster: db1, web1\n",
    );

    // Without the cluster what was known last counts, to the agent and to who finds none.
    await fleet.stop("db1");
    const AWAY =
      /^note: the cluster does not answer: host db1 is as it was known here \d+ s ago\n$/;
    const away = await shown(fleet, "site.ts", "--as", "db1", ...prefix(fleet, "web1"));
    assertMatch(away.stderr, AWAY);
    assertMatch(away.stdout, /content: db of here \d+/);
    await fleet.stop("web1");
    const alone = await shown(fleet, "site.ts", "--as", "db1", ...prefix(fleet, "web1"));
    assertMatch(alone.stderr, AWAY);
    assertEquals(alone.stdout, away.stdout);
    const none = await shown(fleet, "site.ts", "--as", "db3", ...prefix(fleet, "web1"));
    assertStringIncludes(none.stderr, "nothing is kept here of a host db3, and ");
  }));
