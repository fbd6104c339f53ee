import { assert, assertEquals } from "@std/assert";
import {
  controlRangesWithoutJoins,
  joinsRange,
  tokenOfJoin,
} from "../../../src/cluster/store/join_keys.ts";
import * as keys from "../../../src/cluster/store/keys.ts";

Deno.test("every key is read back as what it was written as", () => {
  assertEquals(keys.parseKey(keys.idealSizeKey()), { type: "idealSize" });
  assertEquals(keys.parseKey(keys.leaderKey()), { type: "leader" });
  assertEquals(keys.parseKey(keys.operationKey()), { type: "operation" });
  const host = "h1.example-2";
  assertEquals(keys.parseKey(keys.volunteerKey(host)), { type: "volunteer", host });
  assertEquals(keys.parseKey(keys.liveKey(host)), { type: "live", host });
  assertEquals(keys.parseKey(keys.statusKey(host)), { type: "status", host });
  assertEquals(keys.parseKey(keys.nominatedKey(host)), { type: "nominated", host });
  assertEquals(keys.parseKey(keys.backoffKey(host)), { type: "backoff", host });
  assertEquals(keys.parseKey(keys.exportListKey(host)), { type: "exportList", host });
  for (const name of ["a", "/etc/motd", "ä b%2F/..", "\n"]) {
    assertEquals(keys.parseKey(keys.exportedKey(host, "file", name)), {
      type: "exported",
      host,
      kind: "file",
      name,
    });
  }
});

Deno.test("keys of nobody are nothing", () => {
  for (
    const key of [
      "",
      "/other/live/a",
      "/_mgmt/",
      "/_mgmt/live/",
      "/_mgmt/live/a/b",
      "/_mgmt/live/../x",
      "/_mgmt/unheard/a",
      "/_mgmt/constructor/a",
      "/_mgmt/exported/a/resources/file",
      "/_mgmt/exported/a/resources/file/%ZZ",
      "/_mgmt/exported/a/resources/file/",
    ]
  ) assertEquals(keys.parseKey(key), undefined, key);
});

Deno.test("the control ranges hold every key but the exported ones; without joins all but those that strangers write", () => {
  const inside = (key: string) => keys.controlRanges().some((range) => keys.isInRange(range, key));
  for (const one of [keys.volunteerKey, keys.liveKey, keys.statusKey, keys.backoffKey]) {
    assert(inside(one("a")));
  }
  for (const key of [keys.idealSizeKey(), keys.leaderKey(), keys.operationKey()]) {
    assert(inside(key));
  }
  assert(inside(keys.nominatedKey("zz")));
  assert(!inside(keys.exportedKey("a", "file", "x")));
  const request = keys.joinKey("00000000000000aa", "0".repeat(64));
  assert(inside(request) && keys.isInRange(joinsRange(), request));
  const known = (key: string) =>
    controlRangesWithoutJoins().some((range) => keys.isInRange(range, key));
  assert(!known(request) && known(keys.joinedKey("00000000000000aa", "x")));
  assert(known(keys.liveKey("a")) && !known(keys.exportedKey("a", "file", "x")));
  assertEquals(tokenOfJoin(request), "00000000000000aa");
  assert(keys.isInRange(keys.exportsRange("a"), keys.exportedKey("a", "file", "x")));
  assert(!keys.isInRange(keys.exportsRange("a"), keys.exportedKey("a.b", "file", "x")));
});

Deno.test("a member is named after its host and eight digits", () => {
  assertEquals(keys.memberName("h-1", "0a1b2c3d"), "h-1-0a1b2c3d");
  assertEquals(keys.hostOfMember("h-1-0a1b2c3d"), "h-1");
  for (const name of ["", "default", "h1-0a1b", "-0a1b2c3d"]) {
    assertEquals(keys.hostOfMember(name), undefined);
  }
});
