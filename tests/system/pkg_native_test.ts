import { pkgScenarios } from "../support/pkg_scenarios.ts";
import { shell } from "../support/program.ts";

Deno.test.beforeAll(async () => {
  await shell("systemctl mask --now packagekit");
});

pkgScenarios();
