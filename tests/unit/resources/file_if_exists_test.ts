import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { findAutoEdges } from "../../../src/lang/autoedge/autoedge.ts";
import file from "../../../src/resources/file/kind.ts";
import type { FileFields } from "../../../src/resources/file/fields.ts";
import { receiveFile } from "../../../src/resources/file/receive.ts";
import { registry } from "../../../src/resources/registry.ts";
import { inKindWorld, type KindWorld, resolving, resourceOf } from "../../support/kind_world.ts";
import { loadText } from "../../support/load_text.ts";

function modeOf(world: KindWorld, name: string): string {
  return (Deno.statSync(world.path(name)).mode! & 0o7777).toString(8);
}

Deno.test("with if_exists nothing is made where nothing is, and what is there is put right", () =>
  inKindWorld(async (world) => {
    Deno.mkdirSync(world.path("source"));
    world.put("source/s", "s");
    const kinds: readonly Partial<FileFields>[] = [
      { mode: "0600", owner: "no-such-user-yet" },
      { content: "x", mode: "0600" },
      { content: "x", validate: "false %s" },
      { source: world.path("source/s") },
      { target: "elsewhere" },
    ];
    const trees: readonly Partial<FileFields>[] = [
      { mode: "0700" },
      { source: world.path("source"), recurse: true, purge: true },
    ];
    for (const path of [world.path("f"), world.path("no/way/f")]) {
      for (const fields of kinds) {
        const it = await resourceOf(file, world, { path, if_exists: true, ...fields });
        assertEquals(await it.check(), undefined);
      }
      for (const fields of trees) {
        const it = await resourceOf(file, world, { path: `${path}/`, if_exists: true, ...fields });
        assertEquals(await it.check(), undefined);
      }
    }
    assertEquals([...Deno.readDirSync(world.directory)].map(({ name }) => name), ["source"]);
    Deno.chmodSync(world.put("f", "key"), 0o644);
    const path = world.path("f");
    await (await resourceOf(file, world, { path, if_exists: true, mode: "0600" })).heal();
    assertEquals([modeOf(world, "f"), world.text("f")], ["600", "key"]);
    await (await resourceOf(file, world, { path, if_exists: true, content: "new" })).heal();
    assertEquals([modeOf(world, "f"), world.text("f")], ["600", "new"]);
    Deno.mkdirSync(world.path("d"));
    world.put("d/left", "");
    const tree = { path: `${world.path("d")}/`, if_exists: true, mode: "0700", purge: true };
    await (await resourceOf(file, world, tree)).heal();
    assertEquals([modeOf(world, "d"), [...Deno.readDirSync(world.path("d"))]], ["700", []]);
  }));

Deno.test("what should be absent cannot depend on being there", async () => {
  const { issues } = await resolving(file, { path: "/f", state: "absent", if_exists: true });
  assertEquals(issues.map(({ message }) => message), [
    "if_exists is not for what should be absent",
  ]);
});

Deno.test("it is taken from other hosts: less is made by it", () => {
  const rule = { kind: "file", pattern: "/here/", allow: [], owner: false, withdrawn: "keep" };
  const fields = { path: "/there/f", content: "x", if_exists: true };
  const offer = { host: "b", hostId: "b", kind: "file", name: "f", fields };
  const received = receiveFile(offer, rule as unknown as Parameters<typeof receiveFile>[1]);
  assertEquals(received.ok && received.fields.if_exists, true);
});

const KEYS = ["ed25519", "ecdsa", "rsa"].map((name) => `/etc/ssh/ssh_host_${name}_key`);

async function load(resources: unknown, edges: readonly unknown[] = []) {
  const text = JSON.stringify({ graph: "g", resources, edges });
  const outcome = await loadText(text, { file: "g", directory: "/", registry });
  assert(outcome.ok, JSON.stringify(outcome));
  const warnings = outcome.loaded.warnings;
  return {
    graph: outcome.loaded.graph,
    warnings: warnings.map(({ message }) => message),
    all: warnings,
  };
}

Deno.test("a file with owner and mode only, that a package of the graph may bring, is warned of", async () => {
  const keys = KEYS.map((name) => ({ name, owner: "root", mode: "0600" }));
  const ssh = { pkg: [{ name: "openssh-server" }], file: keys };
  const { warnings, all } = await load(ssh);
  assertEquals(warnings.length, 3);
  assertMatch(warnings[0] ?? "", /an empty file is made, and pkg\[openssh-server\] may bring it/);
  assertStringIncludes(all[0]?.hint ?? "", "if_exists: true");
  const paths = {
    "postgresql-16": "/etc/postgresql/16/main/pg_hba.conf",
    nginx: "/etc/nginx/htpasswd",
    sudo: "/etc/sudoers",
    ssh: "/etc/ssh/sshd_config",
  };
  for (const [name, path] of Object.entries(paths)) {
    const pair = { pkg: [{ name }], file: [{ name: path, mode: "0640" }] };
    assertEquals((await load(pair)).warnings.length, 1, path);
  }
  const [from, between, to] = [
    { kind: "pkg", name: "openssh-server" },
    { kind: "noop", name: "n" },
    { kind: "file", name: "/srv/x" },
  ];
  const far = {
    pkg: [{ name: from.name }],
    noop: [{ name: between.name }],
    file: [{ name: "/srv/x", mode: "0600" }],
  };
  assertEquals((await load(far)).warnings, []);
  assertEquals(
    (await load(far, [{ from, to: between }, { from: between, to }])).warnings.length,
    1,
  );
});

Deno.test("where it is said, or nothing can be meant, it is not", async () => {
  const of = async (pkg: unknown, fields: Record<string, unknown>) =>
    (await load({ pkg: [pkg], file: [{ name: KEYS[0], ...fields }] })).warnings;
  const pkg = { name: "openssh-server" };
  for (
    const fields of [
      { mode: "0600", if_exists: true },
      { mode: "0600", if_exists: false },
      { mode: "0600", content: "" },
      {},
      { state: "absent" },
    ]
  ) assertEquals(await of(pkg, fields), [], JSON.stringify(fields));
  assertEquals(await of({ ...pkg, state: "uninstalled" }, { mode: "0600" }), []);
  assertEquals((await load({ file: [{ name: KEYS[0], mode: "0600" }] })).warnings, []);
  assertEquals(await of({ name: "powertop" }, { mode: "0600" }), []);
});

Deno.test("the package that brings it comes first by itself", async () => {
  const path = "/etc/nginx/htpasswd";
  const { graph } = await load({
    pkg: [{ name: "nginx" }],
    file: [{ name: path, mode: "0640", if_exists: true }],
  });
  const { edges } = findAutoEdges(graph).finish(new Map()).graph;
  assertEquals(edges.map(({ from, to }) => [from, to]), [["pkg[nginx]", `file[${path}]`]]);
});
