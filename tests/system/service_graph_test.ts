import { assertEquals, assertMatch } from "@std/assert";
import { becomes, property } from "../support/host_world.ts";
import { eventually } from "../support/processes.ts";
import { contentOf, shell, within } from "../support/program.ts";
import {
  GRAPH,
  install,
  journal,
  serviceTest,
  sh,
  UNIT,
  WORK,
  writeGraph,
} from "../support/service_world.ts";

const file = (name: string) => `  file:\n  - name: ${WORK}/${name}\n    content: ${name}\n`;
const RELOAD = "systemctl reload mgmt";
const BROKEN = "  fiel: []\n";

/** Waits until the status line says so. */
async function status(expected: RegExp): Promise<void> {
  const told = await eventually(async () => expected.test(await property(UNIT, "StatusText")));
  assertEquals(told, true, await property(UNIT, "StatusText"));
}

/** Removes a file that the graph wants, and waits for the agent. */
async function heals(name: string): Promise<void> {
  await Deno.remove(`${WORK}/${name}`).catch(() => {});
  await within(60_000, () => contentOf(`${WORK}/${name}`) === name, `${name} is not healed`);
}

serviceTest(
  "a reload of a graph that is refused fails, and a start with it goes on with the last good reading",
  file("a"),
  async () => {
    await install();
    await heals("a");
    await writeGraph(BROKEN);
    await status(/the graph file has mistakes: the graph before stays in force/);
    const { said, code } = await sh(RELOAD);
    assertEquals([code, await property(UNIT, "ActiveState")], [1, "active"], said);
    assertMatch(said, /Job for mgmt.service failed/);
    await heals("a");
    for (const again of ["systemctl restart mgmt", "systemctl kill --signal=SIGKILL mgmt"]) {
      const before = await property(UNIT, "InvocationID");
      assertEquals((await sh(again)).code, 0);
      await eventually(async () => await property(UNIT, "InvocationID") !== before);
      await becomes(UNIT, "ActiveState", "active");
      await status(/served: .*; the graph file is broken: its last good reading, of .*Z, runs/);
      const warned = (await journal("PRIORITY=4")).map((entry) => entry["MESSAGE"]).join("\n");
      assertMatch(warned, /graph\.yaml is broken; what runs is its last good reading/);
      assertEquals((await sh(RELOAD)).code, 1);
      await heals("a");
    }
    await writeGraph(file("b"));
    await heals("b");
    assertEquals(await sh(RELOAD), { said: "", code: 0 });
    await status(/^served: 1 ok(, 1 changed)?$/);
  },
);

serviceTest("a reload says what became of it where the disk is full", file("a"), async () => {
  const prefix = `${WORK}/full`;
  await shell(`mkdir ${prefix}; mount -t tmpfs -o size=256k,mode=700 tmpfs ${prefix}`);
  try {
    await install(`--prefix ${prefix}`);
    await heals("a");
    await shell(`cat /dev/zero >${prefix}/zeros`);
    await writeGraph(BROKEN);
    assertEquals((await sh(RELOAD)).code, 1);
    // More than the disk holds: it cannot be kept later either, when what the journal had there is free again.
    await writeGraph(`${file("b")}# ${"x".repeat(300_000)}\n`);
    assertEquals((await sh(RELOAD)).code, 0);
    await heals("b");
    const warned = async () => (await journal("PRIORITY=4")).map((entry) => entry["MESSAGE"]);
    assertEquals(
      await eventually(async () => /cannot be kept for a start/.test((await warned()).join())),
      true,
      (await warned()).join("\n"),
    );
    // What was kept before is still whole.
    await writeGraph(BROKEN);
    await shell("systemctl restart mgmt");
    await heals("a");
  } finally {
    await shell(`systemctl stop mgmt; umount ${prefix}`);
  }
});

serviceTest(
  "a service whose graph others can write is not installed, and goes on",
  file("a"),
  async () => {
    await shell(`chmod 664 ${GRAPH}; chgrp 1 ${GRAPH}; usermod -a -G daemon nobody`);
    const { said, code } = await sh(`mgmt service install ${GRAPH}`);
    assertEquals(code, 1);
    assertMatch(said, /can be written by the group daemon \(.*nobody.*\)\n {2}hint: chmod g-w /);
    await shell(`chmod 644 ${GRAPH}`);
    await install();
    await shell(`chmod 777 /etc/mgmt`);
    assertEquals((await sh(RELOAD)).code, 1);
    await shell("systemctl restart mgmt");
    await status(/its last good reading/);
    await heals("a");
    await shell(`chmod 755 /etc/mgmt`);
    await status(/^served: 1 ok(, 1 changed)?$/);
    assertEquals((await sh(RELOAD)).code, 0);
  },
);

serviceTest(
  "a directory is a service's graph like a file, with its edits, reloads and last good reading",
  file("a"),
  async () => {
    const part = (name: string, more = "") =>
      Deno.writeTextFile(`/etc/mgmt/${name}.yaml`, `resources:\n${file(name)}${more}`);
    const elsewhere = await sh("mgmt service install /etc/mgmt --hostname h1");
    assertEquals(elsewhere.code, 0, elsewhere.said);
    await heals("a");
    await part(
      "b",
      "edges: [{from: {kind: file, name: " + WORK + "/b}, to: {kind: file, name: " +
        WORK + "/a}}]\n",
    );
    await heals("b");
    await part("c", "  fiel: []\n");
    await status(/the graph file has mistakes: the graph before stays in force/);
    assertEquals((await sh(RELOAD)).code, 1);
    assertEquals((await sh("systemctl restart mgmt")).code, 0);
    await becomes(UNIT, "ActiveState", "active");
    await heals("b");
    await part("c", "only: {host: h2}\n");
    assertEquals(await sh(RELOAD), { said: "", code: 0 });
    await part("c");
    await heals("c");
    // What everybody may add to is no graph of a service.
    await sh("chmod 1777 /etc/mgmt");
    assertEquals((await sh(RELOAD)).code, 1);
    const { said, code } = await sh("mgmt service install /etc/mgmt --hostname h1");
    assertEquals(code, 1);
    assertMatch(said, /\/etc\/mgmt .*can be written by everybody/);
    await heals("c");
  },
);
