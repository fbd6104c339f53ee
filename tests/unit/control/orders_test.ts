import { assertEquals } from "@std/assert";
import { readLeaving } from "../../../src/control/orders.ts";

Deno.test("a host is told to leave for a cluster that speaks TLS, as for a plain one", () => {
  for (const url of ["https://10.0.0.1:2379", "http://10.0.0.1:2379", "https://[fd00::1]:2379"]) {
    for (const lost of [false, true]) {
      const wish = { join: { urls: [url], lost } };
      assertEquals(readLeaving(wish), { ok: true, value: wish });
    }
  }
});

Deno.test("a host is told to leave for addresses alone", () => {
  const many = Array.from({ length: 101 }, () => "https://h:1");
  for (const urls of [[], many, ["h:2379"], ["ftp://h:1"], ["https://"], [7], "https://h:1"]) {
    const read = readLeaving({ join: { urls, lost: false } });
    assertEquals(read.ok ? read.value : read.failure.code, "bad-request", JSON.stringify(urls));
  }
});
