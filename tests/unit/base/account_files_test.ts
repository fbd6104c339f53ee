import { assertEquals } from "@std/assert";
import { parseGroups, parseShadow, parseUsers } from "../../../src/base/account_files.ts";

Deno.test("users are read, and what is no user is passed over", () => {
  const text = "root:x:0:0:root:/root:/bin/bash\nbroken\n:x:3:3:::\nbad:x:x:1:::\n" +
    "root:x:9:9:second:/:/\n+nis::::::\na:x:1:2\n";
  assertEquals([...parseUsers(text).values()], [
    {
      name: "root",
      password: "x",
      uid: 0,
      gid: 0,
      comment: "root",
      home: "/root",
      shell: "/bin/bash",
    },
    { name: "a", password: "x", uid: 1, gid: 2, comment: "", home: "", shell: "" },
  ]);
});

Deno.test("groups are read with their members", () => {
  assertEquals([...parseGroups("a:x:1:\nb:x:2:one,two,\nc:x::one\n").values()], [
    { name: "a", gid: 1, members: [] },
    { name: "b", gid: 2, members: ["one", "two"] },
  ]);
});

Deno.test("passwords are read as they stand, and how long they hold", () => {
  assertEquals(
    [...parseShadow("a:$6$x$y:1:0:::\nb:!:1\nc\nd::1:2:99999:7:14:20000:\n")],
    [
      ["a", { password: "$6$x$y", ages: { min: 0 } }],
      ["b", { password: "!", ages: {} }],
      ["d", { password: "", ages: { min: 2, max: 99999, warn: 7, inactive: 14, expires: 20000 } }],
    ],
  );
});
