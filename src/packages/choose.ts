/**
 * Who manages the packages of this host.
 *
 * @module
 */

import { fail, ok, type Result } from "../base/result.ts";
import { createNativeApt } from "./apt/provider.ts";
import { createNativeDnf } from "./dnf/provider.ts";
import { findDaemon } from "./packagekit/daemon.ts";
import { createPackageKit, type PackageKitHost } from "./packagekit/provider.ts";
import type { PackageProvider } from "./packages.ts";

/** PackageKit where it answers, which starts it; else the distribution's own tools. */
export async function chooseProvider(host: PackageKitHost): Promise<Result<PackageProvider>> {
  const daemon = await findDaemon(host.systemBus, host.clock);
  if (daemon.ok) return ok(createPackageKit(host, daemon.value));
  if (await isThere(host, "/usr/bin/apt-get")) return ok(createNativeApt(host));
  if (await isThere(host, "/usr/bin/dnf")) return ok(createNativeDnf(host));
  return fail(`no package manager can be used on this host: ${daemon.failure.message}`, {
    code: "unavailable",
    hint: "install packagekit, apt or dnf",
  });
}

async function isThere({ files }: PackageKitHost, path: string): Promise<boolean> {
  const sight = await files.look(path);
  // dnf is a link to the version that the distribution has chosen.
  return sight.ok && (sight.value.type === "file" || sight.value.type === "symlink");
}
