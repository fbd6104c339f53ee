/** An agent that ended without a word is told of by what it left. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { agent } from "../../../../src/app/doctor/checks/agent.ts";
import { doctorWorld } from "../../../support/doctor_world.ts";

Deno.test("agent: one that was killed is told of by what it left, one that ended well is not", () =>
  doctorWorld(async ({ file, codes, says, directory }) => {
    const held = { pid: 77, started: 5, file: "/g.yaml", since: "2026-01-02T03:04:05.000Z" };
    file("prefix/lock", JSON.stringify(held));
    assertEquals(await codes(agent), []);
    file("prefix/control.sock", "");
    assertEquals(await codes(agent), ["agent-ended"]);
    assertStringIncludes(
      await says(agent),
      `no agent runs with ${directory}/prefix, and the last one (process 77, which ran /g.yaml ` +
        "since 2026-01-02T03:04:05.000Z) ended without a word",
    );
    for (const text of [JSON.stringify({ ...held, file: "a command" }), "{", "[]"]) {
      file("prefix/lock", text);
      assertMatch(await says(agent), /and the last one ended without a word$/);
    }
    assertEquals(await codes(agent, { prefixSight: "absent" }), []);
  }));
