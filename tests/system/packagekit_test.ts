import { assertEquals, fail } from "@std/assert";
import type { Host } from "../../src/host/host.ts";
import { findDaemon } from "../../src/packages/packagekit/daemon.ts";
import { createPackageKit } from "../../src/packages/packagekit/provider.ts";
import type { PackageProvider } from "../../src/packages/packages.ts";
import { AptRepository, installedVersion } from "../support/apt_repository.ts";
import { conformPackages, withProvider } from "../support/package_conformance.ts";
import { shell } from "../support/program.ts";
import { serveDirectory } from "../support/static_server.ts";

async function open(host: Host): Promise<PackageProvider> {
  const daemon = await findDaemon(host.systemBus, host.clock);
  return daemon.ok ? createPackageKit(host, daemon.value) : fail(daemon.failure.message);
}

Deno.test("without a default route PackageKit believes to be offline; apt then fetches", async () => {
  const repository = new AptRepository("/srv/mgmt-near");
  await repository.offer({ name: "mgmt-near", version: "1.0" });
  const server = serveDirectory("/srv/mgmt-near");
  try {
    await withProvider(open, async ({ provider, must }) => {
      const place = `http://127.0.0.1:${server.port}`;
      await repository.use({ fetch: false, place });
      const { signal } = new AbortController();
      assertEquals(await provider.refresh?.({ signal, progress: () => {} }), undefined);
      await must({ "mgmt-near": "newest" });
      assertEquals(await installedVersion("mgmt-near"), "1.0");
      await must({ "mgmt-near": "absent" });
    });
  } finally {
    await server.close();
  }
});

let route: Promise<string> | undefined;

/** From now on PackageKit believes to be online. */
function defaultRoute(): Promise<string> {
  return route ??= shell(
    "ip link add up0 type veth peer name up1 && ip addr add 192.0.2.1/24 dev up0 && " +
      "ip link set up0 up && ip link set up1 up && ip route add default via 192.0.2.254",
  );
}

conformPackages("PackageKit", async (host) => {
  await defaultRoute();
  return await open(host);
}, { oneForAll: false });
