import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { failure } from "../../../src/base/result.ts";
import { LIMITS } from "../../../src/base/limits.ts";
import type { PackageFailure } from "../../../src/packages/packages.ts";
import { fakePackages, numbered, STEP_MS, wanted } from "../../support/fake_packages.ts";

const BROKEN = failure("a script fails", { code: "script" });
const LONG_MS = 1000 * STEP_MS;

/** Wants packages, and tells how it ended for each. */
async function want(
  world: ReturnType<typeof fakePackages>,
  names: readonly string[],
): Promise<Map<string, string | undefined>> {
  const made = names.map((name) => world.packages.change(wanted(name)));
  await world.clock.pass(LONG_MS);
  const codes = (await Promise.all(made)).map((problem) => problem && (problem.code ?? "?"));
  assertEquals(world.clock.armed, 0);
  return new Map(names.map((name, index) => [name, codes[index]]));
}

function world(names: readonly string[]) {
  const made = fakePackages();
  for (const name of names) made.provider.offered.set(name, "1");
  return made;
}

Deno.test("a package that nobody offers fails alone, and is not part of the transaction", async () => {
  const made = world(["a", "b"]);
  const ended = await want(made, ["a", "nobody", "b"]);
  assertEquals([...ended.values()], [undefined, "package-unknown", undefined]);
  assertEquals(made.provider.transactions, [["a", "b"]]);
});

Deno.test("one that fails is found by halves, and all others are installed", async () => {
  const names = numbered(128);
  const made = world(names);
  made.provider.bad.set("p77", BROKEN);
  const ended = await want(made, names);
  for (const [name, code] of ended) assertEquals(code, name === "p77" ? "script" : undefined);
  // All, then two halves of each part that holds it.
  assert(made.provider.transactions.length <= 1 + 2 * 7, `${made.provider.transactions.length}`);
});

Deno.test("where the provider names the one to blame, the others are tried once more without it", async () => {
  const names = numbered(128);
  const made = world(names);
  const problem: PackageFailure = { ...BROKEN, blamed: ["p5"] };
  made.provider.bad.set("p5", problem);
  const ended = await want(made, names);
  assertEquals([...ended.values()].filter((code) => code !== undefined), ["script"]);
  assertEquals(made.provider.transactions.length, 2);
});

Deno.test("what a failed transaction has done all the same is not tried again", async () => {
  const made = world(["a", "b"]);
  const { change } = made.provider;
  made.provider.change = async (changes) => {
    const problem = await change.call(made.provider, changes);
    for (const each of changes) if (each.name === "a") made.provider.make(each);
    return problem;
  };
  made.provider.bad.set("b", BROKEN);
  assertEquals([...(await want(made, ["a", "b"])).values()], [undefined, "script"]);
  assertEquals(made.provider.transactions, [["a", "b"], ["b"]]);
});

Deno.test("what is nobody's fault is not looked for among the packages", async () => {
  const names = numbered(20);
  const made = world(names);
  made.provider.answers.push(failure("locked", { code: "locked" }));
  const ended = await want(made, names);
  assertEquals(new Set(ended.values()), new Set(["locked"]));
  assertEquals(made.provider.transactions.length, 1);
});

Deno.test("after the package manager went away in the middle, only the rest is tried again", async () => {
  const made = world(["a", "b", "c"]);
  const { change } = made.provider;
  let first = true;
  made.provider.change = async (changes) => {
    const problem = await change.call(made.provider, changes);
    if (first) made.provider.make({ name: "a", to: "newest" });
    first = false;
    return problem;
  };
  made.provider.answers.push(failure("gone", { code: "interrupted" }));
  const ended = await want(made, ["a", "b", "c"]);
  assertEquals([...ended.values()], [undefined, undefined, undefined]);
  assertEquals(made.provider.transactions, [["a", "b", "c"], ["b", "c"]]);
});

Deno.test("a package manager that always goes away is given up", async () => {
  const made = world(["a"]);
  for (let count = 0; count < 10; count++) {
    made.provider.answers.push(failure("gone", { code: "interrupted" }));
  }
  assertEquals([...(await want(made, ["a"])).values()], ["interrupted"]);
  assertEquals(made.provider.transactions.length, 3);
});

Deno.test("many that fail end the search, with a clear word to those that were not tried", async () => {
  const names = numbered(500);
  const made = world(names);
  for (const name of names) made.provider.bad.set(name, BROKEN);
  const ended = await want(made, names);
  assertEquals(new Set(ended.values()), new Set(["script", "too-many-tries"]));
  assertEquals(made.provider.transactions.length, LIMITS.packageTries);
});

Deno.test("whoever fails, everybody else is installed", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 12 }),
      fc.array(fc.nat({ max: 11 }), { maxLength: 4 }),
      fc.boolean(),
      async (count, bad, named) => {
        const names = numbered(count);
        const made = world(names);
        for (const index of bad) {
          const blamed = named ? { blamed: [`p${index}`] } : {};
          made.provider.bad.set(`p${index}`, { ...BROKEN, ...blamed });
        }
        for (const [name, code] of await want(made, names)) {
          const fails = made.provider.bad.has(name);
          assertEquals(code, fails ? "script" : undefined);
          assertEquals(made.provider.installed.has(name), !fails);
        }
      },
    ),
    { numRuns: 60 },
  );
});
