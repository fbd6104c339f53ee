import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { addressText } from "../../../src/base/address.ts";
import { isLoopback, parseAddresses } from "../../../src/cluster/store/urls.ts";

function urls(text: string): readonly string[] {
  const parsed = parseAddresses(text, "--seeds", 2379);
  assert(parsed.ok, parsed.ok ? "" : parsed.failure.message);
  return parsed.value.map(addressText);
}

Deno.test("addresses are read as people write them", () => {
  assertEquals(urls("127.0.0.1:2379"), ["http://127.0.0.1:2379"]);
  assertEquals(urls("http://h1:2379/"), ["http://h1:2379"]);
  assertEquals(urls("h1"), ["http://h1:2379"]);
  assertEquals(urls("h1:80"), ["http://h1:80"]);
  assertEquals(urls("[fd00::1]:4000"), ["http://[fd00::1]:4000"]);
  assertEquals(urls("fd00::1"), ["http://[fd00::1]:2379"]);
});

Deno.test("lists have commas, semicolons or blanks between, and each address once", () => {
  const three = ["http://a:1", "http://b:2", "http://c:3"];
  assertEquals(urls("a:1,b:2;c:3"), three);
  assertEquals(urls(" a:1 ,; b:2\tc:3 a:1"), three);
});

Deno.test("what is no address is refused", () => {
  const texts = ["", " , ", "h:x", "h:0", "h:99999", "http://", "ftp://h:1", "h:1/path", "u@h:1"];
  for (const text of texts) {
    assertEquals(parseAddresses(text, "--seeds", 2379).ok, false, text);
  }
});

Deno.test("an address that means all of a host's own is refused: others would reach themselves", () => {
  for (
    const text of [
      "0.0.0.0:2379",
      "0:2379",
      "[::]:2379",
      "::",
      "h1,http://0.0.0.0",
      "[::ffff:0.0.0.0]",
    ]
  ) {
    const parsed = parseAddresses(text, "--client-urls", 2379);
    assert(!parsed.ok, text);
    assertStringIncludes(parsed.failure.message, "names no host");
    assertStringIncludes(parsed.failure.hint ?? "", "give the address that the others reach");
  }
  assertEquals(parseAddresses(":2379", "--client-urls", 2379).ok, false);
});

Deno.test("only this machine reaches a loopback address", () => {
  assertEquals(["http://127.1.2.3:1", "http://[::1]:1", "http://localhost:1"].map(isLoopback), [
    true,
    true,
    true,
  ]);
  assertEquals(["http://10.0.0.1:1", "http://[fd00::1]:1"].map(isLoopback), [false, false]);
});
