/** Certificates as their files are now. */

import { assert, assertEquals } from "@std/assert";
import { freshPair } from "../../../src/os/network/tls/fresh.ts";
import type { CertifiedKey } from "../../../src/trust/pem.ts";
import { inDirectory } from "../../support/program.ts";
import { testAuthority } from "../../support/trust.ts";

const SERVER = { type: "server", addresses: ["127.0.0.1"] } as const;

/** Some that are of one size. */
async function pairsOfOneSize(count: number): Promise<CertifiedKey[]> {
  const { issue } = await testAuthority();
  const bySize = new Map<string, CertifiedKey[]>();
  for (;;) {
    const pair = await issue(SERVER);
    const size = `${pair.cert.length} ${pair.key.length}`;
    const alike = [...bySize.get(size) ?? [], pair];
    if (alike.length === count) return alike;
    bySize.set(size, alike);
  }
}

Deno.test("a certificate that is written anew within one tick of the kernel is shown all the same", () =>
  inDirectory(async (directory) => {
    const [first, second] = await pairsOfOneSize(2);
    const paths = { cert: `${directory}/a.pem`, key: `${directory}/a.key` };
    // Not over yet, however busy the machine is.
    const tick = new Date(Date.now() + 3600_000);
    const write = (pair: CertifiedKey) => {
      for (const part of ["cert", "key"] as const) {
        Deno.writeTextFileSync(paths[part], pair[part]);
        Deno.utimeSync(paths[part], tick, tick);
      }
    };
    const fileOf = (part: "cert" | "key") => ({ path: paths[part], text: "" });
    const shown = { cert: fileOf("cert"), key: fileOf("key") };
    for (const pair of [first!, second!, first!]) {
      write(pair);
      const texts = freshPair(shown);
      assertEquals({ ...texts }, { ca: "", cert: pair.cert, key: pair.key });
      assert(freshPair(shown) === texts, "nothing is new");
    }
  }));
