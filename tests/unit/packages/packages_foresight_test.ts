import { assertEquals } from "@std/assert";
import { failure } from "../../../src/base/result.ts";
import { fakePackages, FREELY, STEP_MS, wanted } from "../../support/fake_packages.ts";

Deno.test("what is foreseen is asked together, blamed on whom it is for, and changes nothing", async () => {
  const { clock, provider, packages } = fakePackages();
  for (const name of "abcd") provider.offered.set(name, "1");
  provider.bad.set("b", failure("b is bad", { code: "failed" }));
  const asked = Promise.all([..."abcd"].map((name) => packages.foresee(wanted(name))));
  await clock.pass(20 * STEP_MS);
  assertEquals((await asked).map((problem) => problem?.code), [
    undefined,
    "failed",
    undefined,
    undefined,
  ]);
  assertEquals(provider.foresights[0], [..."abcd"]);
  assertEquals(provider.transactions, []);
  assertEquals(provider.installed.size, 0);
  assertEquals(provider.refreshes, 0, "no lists are fetched");
});

Deno.test("what is foreseen waits for whoever is being answered, as what is changed does: nobody hears of others that the next one asks for", async () => {
  const { clock, provider, packages } = fakePackages();
  for (const name of "ab") provider.offered.set(name, "1");
  const asked = ["a", "b"].map(async (name, index) => {
    // The second one's question is under way when the first one's foresight could begin.
    await clock.sleep(index * STEP_MS);
    await packages.look(name, FREELY);
    return await packages.foresee(wanted(name));
  });
  await clock.pass(20 * STEP_MS);
  assertEquals(await Promise.all(asked), [undefined, undefined]);
  assertEquals(provider.foresights, [["a", "b"]]);
});

Deno.test("an unknown package is refused where the lists are young enough to tell", async () => {
  const { clock, provider, packages } = fakePackages();
  for (
    const [ageMs, code] of [[3600_000, "package-unknown"], [48 * 3600_000, undefined]] as const
  ) {
    provider.ageMs = ageMs;
    const asked = packages.foresee(wanted("x"));
    await clock.pass(5 * STEP_MS);
    assertEquals((await asked)?.code, code);
  }
  assertEquals(provider.refreshes, 0);
});
