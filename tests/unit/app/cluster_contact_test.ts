import { assertEquals } from "@std/assert";
import { missingText, readContact } from "../../../src/cluster/admin/last_contact.ts";

Deno.test("recover: the missing members are named, with their addresses and the last contact", () => {
  const member = (number: number, more: object = {}) => ({
    id: `a${number}`,
    name: `h${number}-0000000${number}`,
    clientUrls: [`http://10.0.0.${number}:2379`],
    learner: false,
    ...more,
  });
  const members = [member(1), member(2), member(3, { learner: true, clientUrls: [] })];
  const contact = { heardAtMs: Date.UTC(2020, 0, 2), members };
  assertEquals(missingText(readContact(JSON.stringify(contact)), "a1"), [
    "- Missing are, with the addresses at which they were:",
    "    h2 at http://10.0.0.2:2379",
    "    h3 (learner) at an unknown address",
    "  This host wrote down last at 2020-01-02T00:00:00.000Z that a majority answered.",
  ]);
});

Deno.test("recover: where nothing is written down of the members, or nonsense, it says so", () => {
  const unknown = ["- Which members are missing, and since when, was not written down here."];
  const nonsense = [undefined, "", "null", "{}", '{"heardAtMs":1e300,"members":[]}'];
  for (const text of [...nonsense, '{"heardAtMs":1,"members":[null]}']) {
    assertEquals(missingText(readContact(text), "a1"), unknown);
  }
});
