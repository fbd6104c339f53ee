import { assertEquals } from "@std/assert";
import * as address from "../../../src/base/address.ts";
import { at } from "../../support/address.ts";

Deno.test("an address is a scheme, a host and a port, and its text is the same for the same one", () => {
  const texts = {
    "http://10.0.0.1:2379": { scheme: "http", host: "10.0.0.1", port: 2379 },
    "https://h1.example:2380": { scheme: "https", host: "h1.example", port: 2380 },
    "http://[fd00::1]:4000": { scheme: "http", host: "fd00::1", port: 4000 },
  };
  for (const [text, value] of Object.entries(texts)) {
    assertEquals(address.readAddress(text) as object, value);
    assertEquals(address.addressText(at(text)), text);
  }
  const written = { "HTTP://A": "http://a:80", "https://a/x?y": "https://a:443" };
  for (const [text, same] of Object.entries(written)) {
    assertEquals(address.addressText(at(text)), same);
    assertEquals(address.isSameAddress(at(text), at(same)), true);
  }
  assertEquals(address.isSameAddress(at("http://a:1"), at("https://a:1")), false);
  for (const text of ["", "a:1", "ftp://a:1", "http://", "http://a:99999", "http:a"]) {
    assertEquals(address.readAddress(text), undefined, text);
  }
});

Deno.test("a page of an address keeps its port and its brackets", () => {
  assertEquals(
    address.pageAt(at("http://[::1]:2379"), "/version").href,
    "http://[::1]:2379/version",
  );
  assertEquals(address.hostAndPort(at("http://h1")), "h1:80");
});

Deno.test("what means all of a host's own collides with its port, and is reached on loopback", () => {
  const [all, all6] = [at("http://0.0.0.0:1"), at("http://[::]:1")];
  assertEquals([all, all6].map(address.isWildcardAddress), [true, true]);
  assertEquals(address.collide(all, at("http://10.0.0.1:1")), true);
  assertEquals(address.collide(at("http://10.0.0.2:1"), at("http://10.0.0.1:1")), false);
  assertEquals(address.collide(all, at("http://10.0.0.1:2")), false);
  const reached = [all, all6, at("http://10.0.0.1:1")].map(address.fromHere);
  assertEquals(reached.map(address.addressText), [
    "http://127.0.0.1:1",
    "http://[::1]:1",
    "http://10.0.0.1:1",
  ]);
});

Deno.test("a name is told from addresses, and from localhost", () => {
  const hosts = ["http://h1:1", "http://127.example.org:1", "http://localhost:1", "http://[::1]:1"];
  assertEquals(hosts.map(at).map(address.isNamed), [true, true, false, false]);
  assertEquals(hosts.map(at).map(address.isLoopbackAddress), [false, false, true, true]);
});
