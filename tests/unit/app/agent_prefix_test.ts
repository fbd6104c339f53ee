/** Which agent of this host a command means that names none. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { candidates, whichOf } from "../../../src/app/agent_prefix.ts";
import { inDirectory } from "../../support/program.ts";

/** What a lock says of a process that is gone: none has so large a number. */
const GONE = { pid: 2 ** 30, started: 1, file: "g.yaml", since: "2026-01-01T00:00:00Z" };

/** The names of those that are meant; empty: that of the default prefix. */
async function meant(places: Record<string, "runs" | "ran" | "killed">): Promise<string[]> {
  return await inDirectory((directory) => {
    for (const [place, state] of Object.entries(places)) {
      Deno.mkdirSync(join(directory, place), { recursive: true });
      const holder = state === "killed" ? JSON.stringify(GONE) : "";
      Deno.writeTextFileSync(join(directory, place, "lock"), holder);
      if (state !== "ran") Deno.writeTextFileSync(join(directory, place, "control.sock"), "");
    }
    return Promise.resolve(
      candidates(directory).map((prefix) =>
        prefix.slice(directory.length).replace(/^\/hosts\//, "")
      ),
    );
  });
}

Deno.test("the agent of the default prefix is meant, else the only one with a name, of those that run before others", async () => {
  assertEquals(await meant({}), [""]);
  assertEquals(await meant({ "": "runs", "hosts/a": "runs" }), [""]);
  assertEquals(await meant({ "": "ran", "hosts/a": "runs", "hosts/b": "ran" }), ["a"]);
  assertEquals(await meant({ "hosts/a": "ran" }), ["a"]);
  assertEquals(await meant({ "": "ran", "hosts/a": "ran" }), [""]);
  assertEquals(await meant({ "hosts/b": "runs", "hosts/a": "runs", "hosts/c": "ran" }), ["a", "b"]);
  assertEquals(await meant({ "hosts/b": "ran", "hosts/a": "ran" }), ["a", "b"]);
});

Deno.test("an agent that was killed, or was cut off from its power, is not among those that run", async () => {
  assertEquals(await meant({ "": "killed", "hosts/a": "runs" }), ["a"]);
  assertEquals(await meant({ "hosts/b": "killed", "hosts/a": "runs" }), ["a"]);
  assertEquals(await meant({ "": "killed", "hosts/a": "ran" }), [""]);
  assertEquals(await meant({ "hosts/b": "killed", "hosts/a": "ran" }), ["a", "b"]);
});

Deno.test("where several are meant they are named", () => {
  const which = whichOf(["/p/hosts/a", "/p/hosts/b"]);
  assert(!which.ok);
  assertStringIncludes(which.failure.message, "those of a, b");
  assertEquals(which.failure.hint, "name one: --hostname a");
});
