import { assertEquals } from "@std/assert";
import { withReference } from "../../scripts/reference.ts";

Deno.test("the reference's tables are those of the code (scripts/deno run -A scripts/reference.ts)", () => {
  const reference = Deno.readTextFileSync(new URL("../../docs/reference.md", import.meta.url));
  assertEquals(reference, withReference(reference));
});
