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
