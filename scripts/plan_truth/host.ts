/**
 * On a test host: holds plans of installs against their runs, and looks whether plans change anything.
 *
 * @module
 */

import { AptRepository } from "../../tests/support/apt_repository.ts";
import { forgetMostPackages } from "../../tests/support/few_packages.ts";
import { planAndRun } from "../../tests/support/plan_truth.ts";
import { inDirectory, mgmt } from "../../tests/support/program.ts";
import type { Told } from "./examples.ts";
import { differences, hostState } from "./host_state.ts";
import { HARMS } from "./drift.ts";
import { EVERY_KIND, INSTALLS, PACKAGES } from "./installs.ts";

/** Offers what installs need, and the examples. */
export async function offerPackages(): Promise<void> {
  await forgetMostPackages();
  const repository = new AptRepository("/srv/mgmt-truth-packages");
  await repository.offer({ name: "powertop", version: "2.14-1" }, ...PACKAGES);
  await repository.use();
}

/** Plans and runs installs in turn, all of them unless told which. */
export async function planInstalls(
  tell: Told,
  names: readonly string[] = Object.keys(INSTALLS),
): Promise<void> {
  await inDirectory(async (directory) => {
    for (const name of names) {
      const file = `${directory}/graph.yaml`;
      await Deno.writeTextFile(file, INSTALLS[name] ?? "");
      tell(name, await planAndRun(file, `${directory}/prefix`));
    }
  });
}

/** Makes the install of every kind true, harms it in each way, and plans and runs it after each. */
export async function planDrifted(tell: Told): Promise<void> {
  await inDirectory(async (directory) => {
    const [file, prefix] = [`${directory}/graph.yaml`, `${directory}/prefix`];
    await Deno.writeTextFile(file, EVERY_KIND);
    await Deno.writeTextFile("/etc/mgmt-truth.conf", "port 1\n");
    const run = () => mgmt(["run", file, "--prefix", prefix, "--converged-timeout=0"]);
    await run();
    await run();
    for (const [name, command] of Object.entries(HARMS)) {
      const harmed = await new Deno.Command("sh", { args: ["-c", command], stderr: "null" })
        .output();
      if (!harmed.success) console.log(`  (${name}: exit ${harmed.code})`);
      tell(`drifted: ${name}`, await planAndRun(file, prefix));
    }
  });
}

/** Plans a graph of every kind so many times, and gives what has changed by it. */
export async function plansLeave(times: number): Promise<readonly string[]> {
  return await inDirectory(async (directory) => {
    const [file, prefix] = [`${directory}/graph.yaml`, `${directory}/prefix`];
    await Deno.writeTextFile(file, EVERY_KIND);
    const plan = () => mgmt(["plan", file, "--prefix", prefix]);
    // Who answers questions is awake from the first on.
    await plan();
    const before = await hostState(prefix);
    for (let time = 0; time < times; time++) await plan();
    return differences(before, await hostState(prefix));
  });
}
