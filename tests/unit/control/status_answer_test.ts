/** What is made of an answer that whoever listens at an agent's socket gives. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { checkOf } from "../../../src/app/status/check.ts";
import { statusText } from "../../../src/app/status/status_text.ts";
import { waitConverged } from "../../../src/app/status/wait_converged.ts";
import { readStatus } from "../../../src/control/status_answer.ts";
import { runLine } from "../../support/cli_surface.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { inDirectory } from "../../support/program.ts";
import { answering, spoilt } from "../../support/odd_agent.ts";

const HOLD = { key: "*", reason: "", author: "ann", sinceMs: 1, untilMs: 2 };
const TROUBLE = { key: "exec[a]", state: "failed", sinceMs: 1, retryAtMs: 2, reason: "r" };
const WHOLE: Readonly<Record<string, unknown>> = {
  ...{ standing: "failing", sinceMs: 1, pid: 2, version: "1", file: "/g", startedAtMs: 1 },
  graph: { name: "g", vertices: 1, edges: 0, sinceMs: 1 },
  ...{ refused: true, lastGoodOf: "2026-01-02T03:04:05Z", stuck: "s" },
  resources: { ok: 1, failed: 1 },
  kinds: { exec: { resources: 1 } },
  troubles: [{ ...TROUBLE, blockedBy: "exec[b]", failure: { message: "m", hint: "h" } }],
  ...{ working: ["exec[a]"], waiting: ["exec[a]"], held: [HOLD] },
  cluster: {
    phase: "voter",
    role: "voter",
    leader: "h",
    contact: "lost",
    lostSinceMs: 1,
    members: 1,
  },
};
Deno.test("status: an answer with wrong types is a failure with words, or can be shown: nothing throws", async () => {
  assert(readStatus(WHOLE).ok);
  let refused = 0;
  for (const answer of spoilt(WHOLE)) {
    const read = readStatus(answer);
    if (!read.ok) {
      refused++;
      assertEquals(read.failure.code, "odd-answer");
      continue;
    }
    statusText(read.value, 3);
    const { exitCode } = checkOf(read.value, 3);
    assert([0, 1, 2, 3].includes(exitCode), `${exitCode} of ${JSON.stringify(answer)}`);
    const [clock, ask] = [new ManualClock(), () => Promise.resolve(read)];
    await waitConverged({ ask, timeoutMs: 0, clock });
  }
  assert(refused > 200, `only ${refused} were refused`);
});

Deno.test("status: what an older agent leaves out is not said", () => {
  const read = readStatus({ pid: 1, file: "/g" });
  assert(read.ok);
  assertEquals([read.value.standing, read.value.troubles], ["working", []]);
  assertStringIncludes(statusText(read.value, 3), "working: 0 ok");
});

Deno.test("status, --check and wait: who listens at the socket and answers nonsense is told of", () =>
  inDirectory(async (prefix) => {
    const said = { pid: 1, file: "/g", resources: [], graph: 5 };
    await using _agent = answering(prefix, said);
    const at = ["--prefix", prefix];
    const plain = await runLine(["status", ...at]);
    const check = await runLine(["status", "--check", ...at]);
    const wait = await runLine(["wait", "--converged", "--timeout", "30s", ...at]);
    assertEquals([plain.code, check.code, wait.code], [1, 3, 1]);
    for (const text of [plain.talk, check.data, wait.talk]) {
      assertStringIncludes(text, '"graph" is not what it should be');
    }
  }));
