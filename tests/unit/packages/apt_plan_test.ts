import { assertEquals } from "@std/assert";
import { goalsOf } from "../../../src/packages/apt/plan.ts";
import type { PackageChange } from "../../../src/packages/packages.ts";

/** Why a package on hold is not changed, when that version of it is there. */
function refusalAt(version: string, status: string): string | undefined {
  const change = { name: "tool", to: "absent", progress: () => {} } as unknown as PackageChange;
  const entry = { name: "tool", architecture: "amd64", version, status, want: "hold" };
  const goals = goalsOf([change], new Map([["tool", { entry, offer: undefined }]]), {} as never);
  return "message" in goals ? goals.message : undefined;
}

Deno.test("of a package on hold its version is named, where it has one", () => {
  assertEquals(refusalAt("1.0", "installed"), "tool is on hold at version 1.0");
  assertEquals(refusalAt("", "half-installed"), "tool is on hold, though it is not installed");
});
