/** Which resource a user's word means. */

import { assertEquals } from "@std/assert";
import { eitherNamed, meantKey, namedResources } from "../../../src/base/resource_word.ts";

const MANAGED = namedResources(() => [
  { key: "file[motd]", identity: "/etc/motd" },
  { key: "file[srv]", identity: "/srv/" },
  { key: "mount[data]", identity: "/srv" },
  { key: "file[root]", identity: "/" },
  { key: "svc[web]", identity: "web.service" },
  { key: "pkg[web]", identity: "web" },
  { key: "Odd[x]" },
]);

function meaning(word: string, known = MANAGED): string {
  const key = meantKey(word, known);
  return key.ok ? key.value : `${key.failure.code}: ${key.failure.hint ?? key.failure.message}`;
}

Deno.test("a key means its resource, also as people read it; and a name where only one has it", () => {
  assertEquals(["file[motd]", "File[motd]", "Odd[x]", "motd", "web"].map((word) => meaning(word)), [
    "file[motd]",
    "file[motd]",
    "Odd[x]",
    "file[motd]",
    "which: which web? There are Svc[web], Pkg[web]",
  ]);
});

Deno.test("a path means the resource that is about it, and of several none is guessed", () => {
  assertEquals(["/etc/motd", "/etc/motd/", "/", "/srv"].map((word) => meaning(word)), [
    "file[motd]",
    "file[motd]",
    "file[root]",
    "which: which /srv? There are File[srv], Mount[data]",
  ]);
});

Deno.test("the end of a path means who is named by it: that is asked back", () => {
  const known = namedResources(() => [{ key: "file[/etc/web.conf]" }, { key: "file[/srv/x]" }]);
  assertEquals(meaning("web.conf", known), "unknown-resource: did you mean /etc/web.conf?");
});

Deno.test("of a word that nobody has the nearest is told, in the form of the word", () => {
  assertEquals(["file[modt]", "modt", "zzzzzz"].map((word) => meaning(word)), [
    "unknown-resource: did you mean File[motd]?",
    "unknown-resource: did you mean motd?",
    "unknown-resource: nothing is known of zzzzzz",
  ]);
});

Deno.test("what is managed now counts before what was once about the same", () => {
  const left = namedResources(() => [
    { key: "file[old]", identity: "/etc/motd" },
    { key: "file[gone]", identity: "/gone" },
  ]);
  const either = eitherNamed(MANAGED, left);
  assertEquals(["/etc/motd", "/gone", "old", "file[motd]"].map((word) => meaning(word, either)), [
    "file[motd]",
    "file[gone]",
    "file[old]",
    "file[motd]",
  ]);
});
