import { assertEquals } from "@std/assert";
import { offerPackages, planInstalls, plansLeave } from "../../scripts/plan_truth/host.ts";
import { conform } from "../support/conformance.ts";
import { hostKinds } from "../support/kinds.ts";
import { installSudo, NO_SUDO } from "../support/sudo.ts";

Deno.test.beforeAll(async () => {
  if (NO_SUDO === "") await installSudo();
  await offerPackages();
});

Deno.test("plans of a graph of every kind change nothing on a host", async () => {
  assertEquals(await plansLeave(1), []);
});

Deno.test("plans of a first and a second install, and of their end, come true", async () => {
  const problems: string[] = [];
  await planInstalls(
    (name, truth) => problems.push(...truth.problems.map((problem) => `${name}: ${problem}`)),
    ["first install", "second install", "what goes"],
  );
  assertEquals(problems, []);
});

conform(hostKinds.filter(({ kind }) => kind !== "sudoers" || NO_SUDO === ""));
