import { assertEquals } from "@std/assert";
import { budgetOf, judge } from "../../../scripts/testing/budgets.ts";

const FILE = "tests/unit/some_test.ts";
const BUDGET = budgetOf(FILE);

Deno.test("a file above its budget is told of, one far above it fails", () => {
  assertEquals(judge(FILE, BUDGET, 1), "fits");
  assertEquals(judge(FILE, 1.2 * BUDGET, 1), "above");
  assertEquals(judge(FILE, 2.9 * BUDGET, 1), "above");
  assertEquals(judge(FILE, 3.1 * BUDGET, 1), "far above");
});

Deno.test("where others use the machine, a file may take as much longer", () => {
  assertEquals(judge(FILE, 3.1 * BUDGET, 2), "above");
  assertEquals(judge(FILE, 1.9 * BUDGET, 2), "fits");
  assertEquals(judge(FILE, 1.2 * BUDGET, 0.1), "above");
});
