/** What a token does for a host that is, or was, in a cluster: it lets it in anew, or nothing. */

import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { IDENTITY } from "../../../src/app/cluster/disk.ts";
import { trustDirectory } from "../../../src/app/cluster/known_cluster.ts";
import {
  forgetNameAgain,
  forgetNoRight,
  isOfNextAuthority,
  nameAgain,
  noteRights,
  whyIdle,
} from "../../../src/app/cluster/token_again.ts";
import { failure } from "../../../src/base/result.ts";
import { privateFiles } from "../../../src/os/state/private_files.ts";
import { stateDirectory } from "../../../src/os/state/state_directory.ts";
import { TRUST_FILES } from "../../../src/trust/trust_files.ts";
import { secretText } from "../../../src/trust/pem.ts";
import { testAuthority } from "../../support/trust.ts";
import { inDirectory } from "../../support/program.ts";
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

Deno.test("a host that was cast out goes on under its name when a token lets it in again, until that is written down", () =>
  inDirectory((prefix) => {
    const state = stateDirectory(join(prefix, "cluster/state"));
    const identity = { id: "ab", clusterId: "c", endpoints: [], host: "web3" };
    unwrap(state.write(IDENTITY, JSON.stringify(identity)));
    unwrap(forgetNoRight(prefix));
    assertEquals(nameAgain(prefix), undefined, "it has its right");
    const castOut = failure("this host was cast out", { code: "cast-out" });
    noteRights(prefix, { what: "trouble", failure: castOut }, false);
    // Also where it is killed in the middle, and begins again.
    for (let count = 0; count < 2; count++) unwrap(forgetNoRight(prefix));
    assertEquals(JSON.parse(state.read(IDENTITY) ?? ""), { id: "ab", endpoints: [] });
    assertEquals(nameAgain(prefix), "web3");
    unwrap(forgetNameAgain(prefix));
    assertEquals(nameAgain(prefix), undefined);
    return Promise.resolve();
  }));

Deno.test("a token for servers is said to do nothing for an agent of that cluster, and for nobody else", () =>
  inDirectory(async (prefix) => {
    const [own, other] = [await testAuthority(), await testAuthority()];
    const files = privateFiles(trustDirectory(prefix));
    unwrap(files.write(TRUST_FILES.believed, own.secret.cert));
    const ofOwn = { role: "server", believed: own.secret.cert } as const;
    assertEquals(whyIdle(prefix, ofOwn)?.code, "token-idle");
    assertEquals(whyIdle(prefix, { ...ofOwn, role: "agent" }), undefined);
    assertEquals(whyIdle(prefix, { ...ofOwn, believed: other.secret.cert }), undefined);
    unwrap(files.write(TRUST_FILES.secret, secretText(own.secret)));
    assertEquals(whyIdle(prefix, ofOwn), undefined, "it has the server role");
  }));
