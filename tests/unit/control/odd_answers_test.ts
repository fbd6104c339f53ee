/** Answers about resources, plans and undone changes, of whoever listens at an agent's socket. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readResourceNow } from "../../../src/app/journal/now_answer.ts";
import { nowLines } from "../../../src/app/journal/now_text.ts";
import { readPlan } from "../../../src/app/running_plan/plan_answer.ts";
import { readUndoReport } from "../../../src/app/undo/undo_answer.ts";
import { undoJson, undoText } from "../../../src/app/undo/undo_text.ts";
import type { Result } from "../../../src/base/result.ts";
import { palette } from "../../../src/report/palette.ts";
import { planExitCode, planText } from "../../../src/report/plan/text.ts";
import { runLine } from "../../support/cli_surface.ts";
import { answering, spoilt } from "../../support/odd_agent.ts";
import { inDirectory } from "../../support/program.ts";

type Answer = Readonly<Record<string, unknown>>;

/** Each way in which it can be wrong is refused in words, or can be shown. */
async function holds<T>(
  whole: Answer,
  read: (said: Answer) => Result<T>,
  show: (said: T) => unknown,
): Promise<void> {
  const right = read(whole);
  assert(right.ok, right.ok ? "" : right.failure.message);
  let refused = 0;
  for (const answer of spoilt(whole)) {
    const found = read(answer);
    if (found.ok) await show(found.value);
    else {
      assertEquals(found.failure.code, "odd-answer");
      refused++;
    }
  }
  assert(refused > 50, `only ${refused} were refused`);
}

const HOLD = { reason: "", author: "ann", sinceMs: 1, untilMs: 2 };
const FAILURE = { code: "c", message: "m", hint: "h" };

Deno.test("why: an answer with wrong types is a failure with words, or can be shown", async () => {
  const one = { key: "exec[a]", state: "held", sinceMs: 1, reason: "r", failure: FAILURE };
  const whole = { ...one, retryAtMs: 2, changedAtMs: 1, hold: HOLD, waitsFor: [one] };
  for (const state of ["held", "failed", "blocked"]) {
    await holds({ ...whole, state }, readResourceNow, (now) => nowLines(now, true));
  }
});

Deno.test("plan --running: an answer with wrong types is a failure with words, or can be shown", async () => {
  const resource = {
    ...{ key: "exec[a]", reason: "r", difference: ["+a"], after: "exec[b]" },
    ...{ askedBy: ["exec[b]"], failure: FAILURE, hold: HOLD, noop: true, otherwise: "ok" },
    ...{ heldBack: "x", edit: "added", behind: "exec[b]", irrevocable: true },
    place: { file: "g", line: 1, column: 1 },
  };
  for (const outcome of ["ok", "refresh", "after", "blocked", "refused"]) {
    const counts = { ok: 1, change: 0, after: 0, refresh: 0, unknown: 0, refused: 0, blocked: 0 };
    const resources = [{ ...resource, outcome }];
    const gone = { removed: ["exec[c]"], reversed: [{ key: "exec[d]", stays: "s" }] };
    await holds({ graph: "g", resources, counts, said: "w", ...gone }, readPlan, async (plan) => {
      const places = new Map(plan.resources.map(({ key, place }) => [key, place]));
      const placeOf = (key: string) => Promise.resolve(places.get(key));
      await planText(plan, { paint: palette(false), all: true, placeOf });
      planExitCode(plan);
    });
  }
});

Deno.test("undo: an answer with wrong types is a failure with words, or can be shown", async () => {
  const thing = { name: "/a", is: "file", from: { type: "file", size: 1 }, to: { type: "absent" } };
  const resource = { key: "file[/a]", changes: [1], atMs: 1, reason: "r", status: "undone" };
  const rest = { why: "w", lacks: "l", entry: 2, things: [{ ...thing, changedSince: ["size"] }] };
  const held = [{ key: "file[/a]", untilMs: 1 }];
  const whole = { noop: false, byAgent: true, refresh: ["exec[a]"], held };
  await holds(
    { ...whole, resources: [{ ...resource, ...rest }] },
    readUndoReport,
    (report) => [undoText(report), undoJson(report)],
  );
});

Deno.test("why, history, plan --running, undo: who listens at the socket and answers nonsense is told of", () =>
  inDirectory(async (prefix) => {
    Deno.writeTextFileSync(`${prefix}/g.yaml`, "graph: g\nresources: {noop: [{name: a}]}\n");
    const odd = { key: 5, resources: 5, held: 5, entries: 5 };
    await using _agent = answering(prefix, odd);
    const at = ["--prefix", prefix];
    const said = async (...words: readonly string[]) => {
      const { code, data, talk } = await runLine([...words, ...at]);
      assertEquals(code, 1, words.join(" "));
      return data + talk;
    };
    assertStringIncludes(await said("why", "noop[a]"), '"key" is not what it should be');
    assertStringIncludes(await said("undo", "--change", "1"), "is not what it should be");
    const plan = await said("plan", "--running", `${prefix}/g.yaml`);
    assertStringIncludes(plan, "is not what it should be");
    // What it reads is the journal alone.
    assertStringIncludes(await said("history"), "nothing is known");
  }));
