import { assertEquals } from "@std/assert";
import { label, names } from "../../../src/base/words.ts";

Deno.test("names: keys of resources begin with a capital, and what is none stays as it is written", () => {
  const keys = ["file[/etc/motd]", "config:ini[a]", "http_server[x]"];
  assertEquals(keys.map(label), ["File[/etc/motd]", "Config:ini[a]", "Http_server[x]"]);
  for (const other of ["https://[::1]:2379", "https://h1:2379", "h1", "*", "/srv/a[1]"]) {
    assertEquals(label(other), other);
  }
  assertEquals(names(["https://h1:2379", "file[a]"], 2), "https://h1:2379 and File[a]");
});
