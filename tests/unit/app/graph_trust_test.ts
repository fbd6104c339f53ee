// both runtimes: it reads owners and links of real files

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { judge, type Opening, type TrustRule } from "../../../src/app/graph/graph_trust.ts";
import { readAccounts } from "../../../src/os/accounts.ts";
import { inDirectory } from "../../support/program.ts";

const AGENT = 700_001;
const OTHER = 700_002;
const BY_HAND: TrustRule = { agentUid: AGENT, trusted: new Set([0, AGENT]), strict: false };
const AS_SERVICE: TrustRule = { ...BY_HAND, strict: true };

function opening(to: Opening["to"], uids?: readonly number[], type: Opening["type"] = "file") {
  return { path: "/a b/g", type, mode: 0o664, uid: OTHER, gid: 9, to, ...(uids && { uids }) };
}

Deno.test("an agent of a user trusts root and that user, by hand and as a service", () => {
  for (const rule of [BY_HAND, AS_SERVICE]) {
    assertEquals(judge([], rule), undefined);
    assertEquals(judge([opening("owner", [AGENT]), opening("group", [AGENT])], rule), undefined);
    for (const to of ["group", "list", "everybody"] as const) {
      assertEquals(judge([opening(to)], rule)?.severity, "error", to);
    }
    assertEquals(judge([opening("group", [AGENT, OTHER])], rule)?.severity, "error");
  }
  assertEquals(judge([opening("owner", [OTHER])], BY_HAND)?.severity, "warning");
  assertEquals(judge([opening("owner", [OTHER])], AS_SERVICE)?.severity, "error");
});

Deno.test("what mends an entry is one command for each thing that is wrong with it", () => {
  const all = judge([opening("everybody"), opening("group")], BY_HAND);
  assertMatch(all?.hint ?? "", /^chmod go-w '\/a b\/g'; or keep the graph where only 700001 can/);
  const link = judge([opening("owner", [OTHER], "symlink")], AS_SERVICE);
  assertMatch(link?.hint ?? "", /^chown -h 700001 '\/a b\/g'; .*--allow-unsafe-graph$/);
  // A home directory does not change hands for a file in it.
  const home = judge([opening("owner", [OTHER], "directory")], BY_HAND);
  assertMatch(home?.hint ?? "", /^keep the graph where only .*; or chown 700001 '\/a b\/g'$/);
  const place = judge([opening("everybody")], BY_HAND, "/p");
  assertStringIncludes(place?.message ?? "", "can change what is kept in /p: ");
  assertStringIncludes(place?.hint ?? "", "or name another place with --prefix");
});

Deno.test("who is in a group stands in both files, and what stands in none is not known", async () => {
  await inDirectory(async (directory) => {
    const passwd = "root:x:0:0::/:/bin/sh\na:x:1:10::/:\nb:x:2:20::/:\nc:x:3:10::/:\n";
    await Deno.writeTextFile(`${directory}/passwd`, passwd);
    const group = "own:x:10:\ntwo:x:20:a,b\nempty:x:30:\ngone:x:40:a,left\n";
    await Deno.writeTextFile(`${directory}/group`, group);
    const { members, userName, groupName } = readAccounts(directory);
    assertEquals([10, 20, 30, 40, 50].map((gid) => members(gid)), [
      [1, 3],
      [2, 1],
      [],
      undefined,
      undefined,
    ]);
    assertEquals([userName(2), groupName(20), userName(9)], ["b", "two", undefined]);
    assertEquals(readAccounts(`${directory}/none`).members(0), undefined);
  });
});
