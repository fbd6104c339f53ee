import { assertEquals } from "@std/assert";
import { withReference } from "../../scripts/reference.ts";

Deno.test("the README's tables are those of the code (scripts/deno run -A scripts/reference.ts)", () => {
  const readme = Deno.readTextFileSync(new URL("../../README.md", import.meta.url));
  assertEquals(readme, withReference(readme));
});
