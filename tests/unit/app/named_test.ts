/** Which resource is meant by what it is about. */

import { assertEquals } from "@std/assert";
import { keyAbout } from "../../../src/app/managed/named.ts";

const MANAGED = [
  { key: "file[motd]", identity: "/etc/motd" },
  { key: "file[srv]", identity: "/srv/" },
  { key: "mount[data]", identity: "/srv" },
  { key: "file[root]", identity: "/" },
];

Deno.test("a path means the resource that is about it, and of several none is guessed", () => {
  const found = (word: string) => {
    const key = keyAbout(word, MANAGED);
    return key === undefined || key.ok ? key?.value : key.failure.code;
  };
  assertEquals(["/etc/motd", "/etc/motd/", "/etc/mot", "/", "/srv"].map(found), [
    "file[motd]",
    "file[motd]",
    undefined,
    "file[root]",
    "which",
  ]);
});
