/** Whether a token is of the authority that has taken the place of a host's own. */

import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { IDENTITY } from "../../../src/app/cluster/disk.ts";
import { trustDirectory } from "../../../src/app/cluster/known_cluster.ts";
import { isOfNextAuthority } from "../../../src/app/cluster/token_again.ts";
import { privateFiles } from "../../../src/os/state/private_files.ts";
import { stateDirectory } from "../../../src/os/state/state_directory.ts";
import { TRUST_FILES } from "../../../src/trust/trust_files.ts";
import { testAuthority } from "../../support/trust.ts";
import { unwrap } from "../../support/unwrap.ts";

Deno.test("a token of this host's own authority is none of another, whatever ends the lines of its file", async () => {
  const prefix = await Deno.makeTempDir({ prefix: "mgmt-token-again-" });
  try {
    const [own, other] = [await testAuthority(), await testAuthority()];
    const addresses = ["https://10.0.0.1:2379"];
    const identity = JSON.stringify({ id: "0".repeat(32), endpoints: addresses });
    unwrap(stateDirectory(join(prefix, "cluster/state")).write(IDENTITY, identity));
    const files = privateFiles(trustDirectory(prefix));
    for (const end of ["\n", "\r\n"]) {
      unwrap(files.write(TRUST_FILES.believed, own.secret.cert.replaceAll("\n", end)));
      const isOfNext = ({ secret }: typeof own) =>
        isOfNextAuthority(prefix, { believed: secret.cert, addresses });
      assertEquals([own, other].map(isOfNext), [false, true], JSON.stringify(end));
    }
  } finally {
    await Deno.remove(prefix, { recursive: true });
  }
});
