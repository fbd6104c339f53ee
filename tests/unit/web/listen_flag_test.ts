/** Where the page may be served. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LISTEN_FLAG, tunnelLine } from "../../../src/app/web/listen_flag.ts";
import { unwrap } from "../../support/unwrap.ts";

const listen = (text: string) => LISTEN_FLAG.read(text, "--listen");

Deno.test("web: it listens at loopback addresses alone, and says of others how ssh leads there", () => {
  for (const [text, host] of [["127.0.0.1:80", "127.0.0.1"], ["127.9.0.1:80", "127.9.0.1"]]) {
    assertEquals(unwrap(listen(text!)), { scheme: "http", host: host!, port: 80 });
  }
  assertEquals(unwrap(listen("[::1]:9234")).host, "::1");
  for (const text of ["0.0.0.0:9234", "[::]:9234", "10.0.0.1:9234", "[2001:db8::1]:9234"]) {
    const refused = listen(text);
    assert(!refused.ok, text);
    assertStringIncludes(refused.failure.hint ?? "", "ssh -L 127.0.0.1:9234:127.0.0.1:9234 ");
  }
  const address = { scheme: "http", host: "::1", port: 1 } as const;
  assert(tunnelLine(address).startsWith("ssh -L [::1]:1:[::1]:1 "));
});
