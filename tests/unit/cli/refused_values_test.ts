/** Values that are refused before anything is done, in words that help. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { runLine } from "../../support/cli_surface.ts";

Deno.test("a length of time without a unit: the advice names seconds, too", async () => {
  const { code, talk } = await runLine(["wait", "--converged", "--timeout", "5"]);
  assertEquals(code, 1);
  assertStringIncludes(talk, "a time such as 30s, 10m, 2h or 1d");
});

Deno.test("doctor --bundle -: the standard output takes no bundle, and no file is named -", async () => {
  const { code, data, talk } = await runLine(["doctor", "--bundle", "-"]);
  assertEquals([code, data], [1, ""]);
  assertStringIncludes(talk, "not to the standard output");
});
