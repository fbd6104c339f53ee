/** Commands in hints are about the agent that was looked at, and words in them are words of a shell. */

import { assertEquals } from "@std/assert";
import { placeWords } from "../../../../src/app/agent_prefix.ts";
import { agent } from "../../../../src/app/doctor/checks/agent.ts";
import { doctorWorld } from "../../../support/doctor_world.ts";

Deno.test("flags that name an agent are repeated as they were given, as words of a shell", () => {
  const words = (flags: Record<string, string>) =>
    placeWords({ flags: new Map(Object.entries(flags)) });
  assertEquals(words({}), "");
  assertEquals(words({ output: "json" }), "");
  assertEquals(words({ hostname: "web1" }), " --hostname web1");
  assertEquals(
    words({ hostname: "web1", prefix: "my state/it's" }),
    ` --prefix 'my state/it'\\''s' --hostname web1`,
  );
});

Deno.test("agent: its journal and its graph are named so that a shell finds them", () =>
  doctorWorld(async ({ hints }) => {
    const status = { pid: 1, file: "/my graph.yaml", refused: true, resources: { failed: 1 } };
    const sight = { type: "answers", status, cluster: {}, hangs: undefined } as const;
    assertEquals(await hints(agent, { agent: sight, placeWords: " --prefix /p" }), [
      "mgmt validate '/my graph.yaml'",
      "mgmt history --failed --prefix /p",
    ]);
    assertEquals((await hints(agent, { agent: sight }))[1], "mgmt history --failed");
  }));
