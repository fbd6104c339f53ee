/**
 * Debian's sudo with its visudo, on test hosts.
 *
 * @module
 */

import { join } from "node:path";
import { shell } from "./program.ts";

/** Why nothing of sudo can be tried here; empty: it can. `scripts/test` has said it, too. */
export const NO_SUDO: string = Deno.env.get("MGMT_NO_SUDO") ?? "";

/** Installs it from the files that `scripts/test` has fetched. */
export async function installSudo(): Promise<void> {
  if (Deno.env.get("MGMT_ON_TEST_HOST") !== "1") throw new Error("this is no test host");
  const files = join(Deno.env.get("MGMT_CACHE") ?? `${Deno.env.get("HOME")}/.cache/mgmt`, "sudo");
  // What else is installed here would read all manuals anew.
  await Deno.writeTextFile("/var/lib/dpkg/triggers/File", "");
  await shell(
    "apt-get install -y -q --no-install-recommends --no-download " +
      `-o Dir::Cache::Archives=${files} sudo`,
  );
}
