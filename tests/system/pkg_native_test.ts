import { assert, assertEquals } from "@std/assert";
import { installedVersion } from "../support/apt_repository.ts";
import { agent } from "../support/host_world.ts";
import { closeGate, GATE, isBusy, reachGate } from "../support/package_conformance.ts";
import { packageTest, pkg, pkgScenarios } from "../support/pkg_scenarios.ts";
import { shell, within } from "../support/program.ts";

Deno.test.beforeAll(async () => {
  await shell("systemctl mask --now packagekit");
});

pkgScenarios();

packageTest("who aborts waits for what apt does, who insists leaves it to go on", async () => {
  await closeGate();
  await agent(pkg("name: mgmt-slow"), async ({ program }) => {
    await reachGate();
    program.signal("SIGINT");
    await program.says(/Interrupted/);
    await program.signalAgain("SIGINT");
    await program.says(/Aborting/);
    assert(isBusy(), "apt was ended");
    await program.signalAgain("SIGINT");
    assertEquals((await program.ended()).code, 130);
  });
  assert(isBusy(), "apt ended with the agent");
  await Deno.remove(GATE);
  await within(60_000, () => !isBusy(), "apt does not end");
  assertEquals(await installedVersion("mgmt-slow"), "1.0");
});
