import { assertEquals, assertMatch } from "@std/assert";
import type { FileFields } from "../../../src/resources/file/fields.ts";
import { inFileWorld, resolving, resource } from "../../support/file_world.ts";

/** What is said of fields: the field, the message and the hint. */
function mistakes(fields: FileFields): string[] {
  return resolving(fields, "/graphs").issues
    .map(({ path, message, hint = "" }) => `${path.join(".")}: ${message} (${hint})`);
}

Deno.test("the directories that a system lives from cannot be absent", () => {
  for (const path of ["/", "//", "/etc", "/etc/", "/usr/./", "/home", "/lib64", "/var", "/proc"]) {
    for (const force of [false, true]) {
      assertEquals(mistakes({ path, state: "absent", force }).length, 1, path);
    }
  }
  assertEquals(mistakes({ path: "/etc", state: "absent" }), [
    "state: /etc cannot be absent: the system lives from it (name what should go in it)",
  ]);
  for (const path of ["/etc/motd", "/var/tmp/x/", "/srv", "/opt/", "/homes"]) {
    assertEquals(mistakes({ path, state: "absent", force: true }), [], path);
  }
});

Deno.test("the directories that a system lives from cannot be purged", () => {
  for (const path of ["/", "/etc/", "/boot/", "/root/", "/usr/"]) {
    const [first = "", ...more] = mistakes({ path, purge: true, recurse: true });
    assertMatch(first, /^purge: .* cannot be purged: .*\(purge a directory further down\)$/);
    assertEquals(more, []);
    assertEquals(mistakes({ path }), []);
  }
  assertEquals(mistakes({ path: "/etc/cron.d/", purge: true }), []);
});

Deno.test("a directory that the system lives from is not replaced, whatever force says", () =>
  inFileWorld(async (world) => {
    const fields = { path: "/usr", target: "elsewhere", force: true };
    const found = await resource(world, fields).check();
    assertMatch(
      found?.type === "failure" ? found.message : "",
      /^\/usr cannot be replaced by a symbolic link to elsewhere: the system lives from it$/,
    );
  }));

Deno.test("a tree cannot be copied into itself, nor out of itself", () => {
  const inside = mistakes({ path: "/d/out/", source: "/d", recurse: true });
  assertMatch(inside[0] ?? "", /^source: path is inside of source: \/d\/out would be copied/);
  const around = mistakes({ path: "/d/", source: "/d//x/../in/.", recurse: true });
  assertMatch(around[0] ?? "", /^source: source is inside of path: \/d\/in would be changed/);
  assertEquals(mistakes({ path: "/graphs/tree/out/", source: "tree", recurse: true }).length, 1);
  assertEquals(mistakes({ path: "/x/", source: "/", recurse: true }).length, 1);
  assertEquals(mistakes({ path: "/d/", source: "/d/in", purge: true }).length, 1);
});

Deno.test("a source that is the path itself is a mistake", () => {
  for (const path of ["/graphs/f", "/graphs/f/"]) {
    assertEquals(mistakes({ path, source: "f" }), [
      "source: source is the path itself: /graphs/f ()",
    ]);
  }
});

Deno.test("a source that only begins like the path is none in it", () => {
  assertEquals(mistakes({ path: "/d/out/", source: "/d/o", recurse: true }), []);
  assertEquals(mistakes({ path: "/d/o/", source: "/d/out", recurse: true, purge: true }), []);
  assertEquals(mistakes({ path: "/d/f", source: "/d/g" }), []);
});
