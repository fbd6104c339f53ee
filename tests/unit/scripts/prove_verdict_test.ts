import { assertEquals } from "@std/assert";
import { changedLines, isChanged, verdict } from "../../../scripts/prove_verdict.ts";
import { readReport } from "../../../scripts/testing/report.ts";

const TEXT = `import { a } from "a";

Deno.test("old", () => {
  assert(a);
});

Deno.test("new", () => {
  assert(!a);
});
`;

const REPORT = `
<testcase name="old" classname="./tests/a_test.ts" time="0.000" line="3" col="6">
</testcase>
<testcase name="new" classname="./tests/a_test.ts" time="0.001" line="1" col="6">
    <failure message="Uncaught AssertionError: not true">AssertionError: not true
    at a_test.ts:8:3</failure>
</testcase>
`;

Deno.test("the lines of a diff are those that are new", () => {
  const diff =
    "--- a\n+++ b\n@@ -7,0 +7,3 @@\n+x\n+y\n+z\n@@ -20 +23 @@\n-a\n+b\n@@ -30,2 +32,0 @@\n-c\n-d\n";
  assertEquals([...changedLines(diff)], [7, 8, 9, 23]);
});

Deno.test("a test is changed where a line of it is, whichever helper the report names as its place", () => {
  const [old, fresh] = readReport(REPORT);
  if (old === undefined || fresh === undefined) throw new Error("no tests");
  const change = { text: TEXT, lines: new Set([8]) };
  assertEquals(isChanged(old, [old, fresh], change), false);
  assertEquals(isChanged(fresh, [old, fresh], change), true);
});

Deno.test("what is added behind a test is not of that test", () => {
  const text = `${TEXT}
/** Helps. */
function help(): void {}

Deno.test("third", () =>
  world((a) => {
    assert(a);
  }));

  packageTest(
    "fourth",
    () => {
      assert(true);
    },
  );
`;
  const tests = ["old", "new", "third", "fourth"].map((name) => ({
    file: "a",
    name,
    line: 1,
    skipped: false,
  }));
  const changed = (...lines: number[]) =>
    tests.filter((test) => isChanged(test, tests, { text, lines: new Set(lines) }))
      .map(({ name }) => name);
  assertEquals(changed(9, 10, 11, 12, 13), ["new"]);
  assertEquals(changed(10, 11, 12, 13), []);
  assertEquals(changed(16), ["third"]);
  assertEquals(changed(17, 18), ["third"]);
  assertEquals(changed(23), ["fourth"]);
});

Deno.test("only an assertion proves; what passes on the code from before is told apart", () => {
  const ended = (failure?: string) => {
    const test = { file: "a", name: "a", line: 1, skipped: false };
    return verdict(failure === undefined ? test : { ...test, failure }).outcome;
  };
  assertEquals(ended("AssertionError: not true\n    at a:1"), "proven");
  assertEquals(ended("Error: AssertionError: not within 20 s\nwhat the agents said"), "proven");
  assertEquals(ended("TypeError: check is not a function\n    at a:1"), "unproven");
  assertEquals(ended("SyntaxError: the module provides no export named 'x'"), "unproven");
  assertEquals(ended(), "passes");
});
