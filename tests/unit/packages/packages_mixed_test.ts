import { assert, assertEquals } from "@std/assert";
import { failure } from "../../../src/base/result.ts";
import type { PackageChange, PackageFailure } from "../../../src/packages/packages.ts";
import { fakePackages, FREELY, STEP_MS, wanted } from "../../support/fake_packages.ts";

const REMOVED = ["library", "program"];
/** Needs what nobody offers, which the provider says without blaming anybody. */
const HOPELESS = "hopeless";

/** A host with two packages of which one needs the other; a third package conflicts with one. */
function mixedWorld() {
  const made = fakePackages();
  const { provider } = made;
  for (const name of ["rival", "plain", HOPELESS]) provider.offered.set(name, "1");
  for (const name of REMOVED) provider.installed.set(name, "1");
  const { change } = provider;
  provider.change = async (changes) => {
    const problem = await change.call(provider, changes.filter(() => false));
    provider.transactions[provider.transactions.length - 1] = changes.map(({ name }) => name);
    const no = problem ?? objection(changes, provider.installed);
    if (no === undefined) { for (const each of changes) provider.make(each); }
    return no;
  };
  return made;
}

function objection(
  changes: readonly PackageChange[],
  installed: ReadonlyMap<string, string>,
): PackageFailure | undefined {
  const to = new Map(changes.map((change) => [change.name, change.to]));
  const stays = (name: string) => installed.has(name) && to.get(name) !== "absent";
  if (to.has(HOPELESS)) return failure(`${HOPELESS} needs what nobody has`, { code: "failed" });
  if (to.get("library") === "absent" && stays("program")) {
    return failure("would also remove program", { code: "dependents" });
  }
  return to.has("rival") && stays("library")
    ? failure("rival : Conflicts: library", { code: "failed" })
    : undefined;
}

async function codesOf(
  world: ReturnType<typeof fakePackages>,
  changes: readonly PackageChange[],
): Promise<(string | undefined)[]> {
  const made = changes.map((change) => world.packages.change(change));
  await world.clock.pass(1000 * STEP_MS);
  return (await Promise.all(made)).map((problem) => problem?.code);
}

Deno.test("what only works together or later is not blamed for another's failure", async () => {
  const removals = REMOVED.map((name) => wanted(name, { to: "absent" }));
  // Halves part what belongs together, in whatever order it comes.
  for (
    const changes of [
      [wanted(HOPELESS), wanted("rival"), ...removals],
      [wanted("rival"), removals[0], wanted(HOPELESS), wanted("plain"), removals[1]],
      [wanted("rival"), ...removals, wanted(HOPELESS)],
      [...removals, wanted(HOPELESS), wanted("rival")],
    ]
  ) {
    const all = changes.filter((change) => change !== undefined);
    const made = mixedWorld();
    const expected = all.map(({ name }) => name === HOPELESS ? "failed" : undefined);
    assertEquals(await codesOf(made, all), expected);
    assert(made.provider.transactions.length <= 12, made.provider.transactions.join("; "));
  }
});

Deno.test("who conflicts with what stays fails alone, with the reason", async () => {
  const made = mixedWorld();
  const changes = [wanted("rival"), wanted("plain"), wanted(HOPELESS)];
  assertEquals(await codesOf(made, changes), ["failed", undefined, "failed"]);
});

Deno.test("who may come from an unsigned source is not blamed for sharing with who may not", async () => {
  const made = fakePackages();
  const { provider } = made;
  for (const name of ["signed", "unsigned", "forbidden"]) provider.offered.set(name, "1");
  const { change } = provider;
  provider.change = async (changes) => {
    const careful = changes.some(({ trust }) => !trust.allowUntrusted);
    const blamed = changes.map(({ name }) => name).filter((name) => name !== "signed");
    return careful && blamed.length > 0
      ? { ...failure("not signed", { code: "untrusted" }), blamed }
      : await change.call(provider, changes);
  };
  const trust = { ...FREELY, allowUntrusted: true };
  const changes = [wanted("signed"), wanted("unsigned", { trust }), wanted("forbidden")];
  assertEquals(await codesOf(made, changes), [undefined, undefined, "untrusted"]);
});

Deno.test("who is left of many is told its own reason, not that of the transaction", async () => {
  const made = fakePackages();
  const { provider } = made;
  for (const name of ["a", "b"]) provider.offered.set(name, "1");
  provider.change = ([...changes]) => {
    for (const each of changes) if (each.name === "a") provider.make(each);
    const code = changes.length > 1 ? "about-a" : "about-b";
    return Promise.resolve(failure(code, { code }));
  };
  assertEquals(await codesOf(made, [wanted("a"), wanted("b")]), [undefined, "about-b"]);
});

Deno.test("several who are to blame are told each its own reason", async () => {
  const made = fakePackages();
  for (const name of ["a", "b", "c"]) made.provider.offered.set(name, "1");
  const own = new Map([["a", failure("of a", { code: "of-a" })]]);
  made.provider.answers.push({ ...failure("both", { code: "both" }), blamed: ["a", "b"], own });
  assertEquals(await codesOf(made, ["a", "b", "c"].map((name) => wanted(name))), [
    "of-a",
    "both",
    undefined,
  ]);
});
