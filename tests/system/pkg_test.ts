import { assertEquals } from "@std/assert";
import { installedVersion } from "../support/apt_repository.ts";
import { property } from "../support/host_world.ts";
import { closeGate, GATE, reachGate } from "../support/package_conformance.ts";
import { becomes, packageTest, pkg, pkgScenarios } from "../support/pkg_scenarios.ts";
import { inDirectory, Program, shell } from "../support/program.ts";

pkgScenarios();

packageTest("PackageKit killed in the middle is noticed at once; then it goes on", async () => {
  await closeGate();
  await inDirectory(async (directory) => {
    const graph = pkg("name: mgmt-slow", "name: mgmt-two", "name: mgmt-bad");
    await Deno.writeTextFile(`${directory}/graph.yaml`, graph);
    const how = ["--converged-timeout=0", "--tmp-prefix"];
    const program = new Program(["run", `${directory}/graph.yaml`, ...how]);
    await reachGate();
    await shell(`kill -9 ${await property("packagekit.service", "MainPID")}`);
    await program.says("PackageKit went away in the middle of the transaction");
    await Deno.remove(GATE);
    const ended = await program.ended();
    assertEquals(ended.code, 4, ended.stderr);
    assertEquals(ended.stderr.match(/2 changed, 1 failed/)?.length, 1, ended.stderr);
  });
  assertEquals(await installedVersion("mgmt-slow"), "1.0");
  assertEquals(await installedVersion("mgmt-two"), "1:0.9~rc1-1");
  await shell("dpkg --purge mgmt-bad");
});

packageTest("PackageKit that ended for want of work is started again", async () => {
  await shell("systemctl stop packagekit");
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/graph.yaml`, pkg("name: mgmt-one"));
    const program = new Program(["run", `${directory}/graph.yaml`, "--tmp-prefix"]);
    try {
      await becomes("mgmt-one", "2.0", program);
      await shell("systemctl stop packagekit; dpkg --remove mgmt-one");
      await becomes("mgmt-one", "2.0", program);
    } finally {
      await program.interrupt();
    }
  });
});
