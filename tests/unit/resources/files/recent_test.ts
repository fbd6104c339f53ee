import { assert, assertEquals } from "@std/assert";
import type { Host } from "../../../../src/host/host.ts";
import type { WorkContext } from "../../../../src/kind/work_context.ts";
import { lookAtRecent } from "../../../../src/resources/shared/files/recent.ts";
import { inKindWorld, type KindWorld } from "../../../support/kind_world.ts";

/** Looks when the last change of what is there is some time ago, and counts how often it is read. */
function looking({ host }: KindWorld, laterMs: number) {
  const reads: string[] = [];
  const files: Host["files"] = Object.create(host.files, {
    look: {
      value: (path: string, options?: { contentUpToBytes?: number }) => {
        if (options?.contentUpToBytes !== undefined) reads.push(path);
        return host.files.look(path, options);
      },
    },
  });
  const clock: Host["clock"] = Object.create(host.clock, {
    nowMs: { value: () => 1e6 },
    wall: { value: () => new Date(host.clock.wall().getTime() + laterMs) },
  });
  const context = {
    host: Object.create(host, { files: { value: files }, clock: { value: clock } }),
    signal: new AbortController().signal,
  } as WorkContext;
  const textAt = async (path: string) => {
    const seen = await lookAtRecent(path, 1000, context);
    assert(seen.ok && seen.value.type === "file");
    return new TextDecoder().decode(seen.value.content);
  };
  return { textAt, reads };
}

/** Writes what was as it is for long, since another moment each time. */
function settled(world: KindWorld): (text: string) => string {
  let seconds = 1e9;
  return (text) => {
    const path = world.put("f", text);
    seconds++;
    Deno.utimeSync(path, seconds, seconds);
    return path;
  };
}

Deno.test("a burst of resources reads a file once, until it is another", () =>
  inKindWorld(async (world) => {
    const write = settled(world);
    const path = write("one\n");
    const { textAt, reads } = looking(world, 60_000);
    assertEquals([await textAt(path), await textAt(path)], ["one\n", "one\n"]);
    assertEquals(reads.length, 1);
    write("two\n");
    assertEquals([await textAt(path), reads.length], ["two\n", 2], "of the same size");
    Deno.removeSync(path);
    write("new\n");
    assertEquals([await textAt(path), reads.length], ["new\n", 3]);
  }));

Deno.test("what was written a moment ago is read anew: another write may not show", () =>
  inKindWorld(async (world) => {
    const { textAt, reads } = looking(world, 0);
    // Some of them are within one tick of the kernel, and no time of the file tells them apart.
    for (const text of ["one\n", "two\n", "new\n", "old\n"]) {
      const path = world.put("f", text);
      assertEquals([await textAt(path), await textAt(path)], [text, text]);
    }
    assertEquals(reads.length, 8);
  }));
