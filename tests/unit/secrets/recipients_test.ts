import { assert, assertEquals } from "@std/assert";
import { parseRecipients, recipientsOf, withRecipients } from "../../../src/secrets/recipients.ts";

Deno.test("a secret without a line of its own is for all others' recipients, and comments stay", () => {
  const text = "# who\n* age1a, age1b  # both\n\nkey age1c\n";
  const parsed = parseRecipients(text);
  assert(parsed.ok);
  assertEquals(recipientsOf(parsed.value, "key"), ["age1c"]);
  assertEquals(recipientsOf(parsed.value, "other"), ["age1a", "age1b"]);
  assertEquals(
    withRecipients(text, "key", ["age1d"]),
    "# who\n* age1a, age1b  # both\n\nkey age1d\n",
  );
  assertEquals(withRecipients("key age1c", "new", ["age1d"]), "key age1c\nnew age1d\n");
  const fresh = parseRecipients(withRecipients("", "new", ["age1d"]));
  assert(fresh.ok && recipientsOf(fresh.value, "new")?.join() === "age1d");
});

Deno.test("a line for nobody, for no name, and a second one for a name are refused", () => {
  for (const text of ["key", "../x age1a", "a age1a\na age1b"]) {
    assert(!parseRecipients(text).ok, text);
  }
});
