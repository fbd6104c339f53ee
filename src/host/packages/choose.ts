/**
 * Who manages the packages of this host.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import { createNativeApt } from "./native_apt.ts";
import { findDaemon } from "./packagekit/daemon.ts";
import { createPackageKit, type PackageKitHost } from "./packagekit/provider.ts";
import type { PackageProvider } from "./packages.ts";

/** PackageKit where it answers, which starts it; else the distribution's own tools. */
export async function chooseProvider(host: PackageKitHost): Promise<Result<PackageProvider>> {
  const daemon = await findDaemon(host.systemBus, host.clock);
  if (daemon.ok) return ok(createPackageKit(host, daemon.value));
  const apt = await host.files.look("/usr/bin/apt-get");
  if (apt.ok && apt.value.type === "file") return ok(createNativeApt(host));
  return fail(`no package manager can be used on this host: ${daemon.failure.message}`, {
    code: "unavailable",
    hint: "install packagekit, or apt",
  });
}
