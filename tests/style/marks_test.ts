import { assertEquals } from "@std/assert";
import { existsSync } from "@std/fs";
import { FILES_WITH_BUDGET } from "../../scripts/testing/budgets.ts";
import { marksOf } from "../../scripts/testing/marks.ts";
import { plan } from "../../scripts/testing/plan.ts";

Deno.test("a test file that asks for something special says why", () => {
  const files = [...new Set(plan([], false).map(({ file }) => file))];
  const silent = files.filter((file) => {
    const marks = marksOf(Deno.readTextFileSync(file));
    return Object.values(marks).some((why) => why.split(" ").length < 3);
  });
  assertEquals(silent, []);
});

Deno.test("a mark below a file's head would not be seen", () => {
  const files = [...new Set(plan([], false).map(({ file }) => file))];
  const late = files.filter((file) => {
    const text = Deno.readTextFileSync(file);
    const marks = [...text.matchAll(/^\/\/ (?:exclusive|both runtimes|leaves nothing):/gm)];
    return marks.length !== Object.keys(marksOf(text)).length;
  });
  assertEquals(late, []);
});

Deno.test("a budget is that of a file that exists", () => {
  assertEquals(FILES_WITH_BUDGET.filter((file) => !existsSync(file)), []);
});
