/** What an administrator reads of an agent, and what a monitoring system does. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { checkOf, checkOfFailure } from "../../../../src/app/status/check.ts";
import { runLine } from "../../../support/cli_surface.ts";
import { inDirectory } from "../../../support/program.ts";
import { statusText } from "../../../../src/app/status/status_text.ts";
import { failure } from "../../../../src/base/result.ts";
import type { AgentStatus } from "../../../../src/control/status_object.ts";
import { ToldState } from "../../../support/told_state.ts";

const NOW = Date.UTC(2026, 0, 2, 3);
const MINUTE = 60_000;

function agent(more: Partial<AgentStatus> = {}): AgentStatus {
  const { cluster: _none, kinds: _kinds, ...snapshot } = new ToldState().snapshot;
  return {
    ...snapshot,
    kinds: {},
    resources: { ...snapshot.recap, ok: 12, unchecked: 0 },
    ...{ pid: 812, file: "/etc/mgmt/web.yaml", sinceMs: NOW - 3 * MINUTE },
    standing: "converged",
    ...{ version: "1.2", startedAtMs: NOW - 600 * MINUTE },
    graph: { name: "web", vertices: 12, edges: 3, sinceMs: NOW - 500 * MINUTE },
    ...{ troubles: [], working: [], waiting: [], held: [] },
    ...more,
  };
}

const resources = (more: object) => ({ ...agent().resources, ...more });

const FAILED: AgentStatus["troubles"][number] = {
  key: "svc[nginx]",
  state: "failed",
  sinceMs: NOW - MINUTE,
  reason: undefined,
  blockedBy: undefined,
  failure: { message: "a\u001b[31m|b", hint: "see c" },
  failedAtMs: NOW - 5000,
  retryAtMs: NOW + 7000,
  changedAtMs: undefined,
  change: undefined,
  progress: undefined,
};

Deno.test("status: an agent that is well has three lines", () => {
  assertEquals(
    statusText(agent(), NOW),
    `converged since 2026-01-02 02:57:00Z (3 min): 12 ok
  graph     web, 12 resources, of /etc/mgmt/web.yaml since 2026-01-01 18:40:00Z (8 h)
  agent     process 812 since 2026-01-01 17:00:00Z (10 h), mgmt 1.2
`,
  );
});

Deno.test("status: what has failed is told with why and when it is tried again, safe on a terminal", () => {
  const text = statusText(
    agent({
      standing: "failing",
      ...{ troubles: [FAILED], stuck: "noop[x] hangs", refused: true },
      ...{ resources: resources({ failed: 3 }), working: ["exec[a]"], waiting: ["exec[b]"] },
      held: [{ key: "*", reason: "tired", author: "ann", sinceMs: NOW, untilMs: NOW + MINUTE }],
      cluster: {
        ...{ phase: "voter", role: "voter", leader: "h2", contact: "lost", members: 3 } as const,
        lostSinceMs: NOW - 2 * MINUTE,
      },
    }),
    NOW,
  );
  const lines = text.split("\n");
  assertEquals(lines.slice(1, 9), [
    "  failed    Svc[nginx], 60 s: a␛[31m|b",
    "            hint: see c",
    "            tried again in 7 s",
    "            and 2 more: mgmt status --output json names 20 of them",
    "  hangs     noop[x] hangs",
    "  working   on Exec[a]",
    "  waiting   Exec[b]",
    "  held      all resources until 2026-01-02 03:01Z by ann (tired)",
  ]);
  assertMatch(text, /mistakes: the graph before stays in force/);
  assertMatch(text, /cluster +voter, 3 members, h2 decides, no contact since .*\(2 min\)/);
});

Deno.test("status --check: one line, the worst that is so, and figures with their limits", () => {
  const { line, exitCode } = checkOf(agent(), NOW);
  assertEquals(exitCode, 0);
  assertEquals(
    line,
    "MGMT OK - converged since 2026-01-02 02:57:00Z (3 min): 12 ok | ok=12;;;0 changed=0;;;0 " +
      "failed=0;;0;0 contested=0;;0;0 blocked=0;0;;0 held=0;0;;0 noop=0;0;;0 unchecked=0;;;0 " +
      "uptime=36000s;;;0\n",
  );
  const failing = checkOf(
    agent({
      standing: "failing",
      troubles: [{ ...FAILED, key: "exec[a|b\n]" }],
      resources: resources({ failed: 1 }),
    }),
    NOW,
  );
  assertEquals(failing.exitCode, 2);
  // One bar, one line.
  assertEquals(failing.line.split(/[|\n]/).length, 3);
  assertMatch(failing.line, /^MGMT CRITICAL - failing.*1 failed; Exec\[a\/b.\] \|/);
});

Deno.test("status --check: each standing has its exit code, and the cluster one of its own", () => {
  const code = (more: Partial<AgentStatus>) => checkOf(agent(more), NOW).exitCode;
  const ofStanding = (...all: AgentStatus["standing"][]) =>
    all.map((standing) => code({ standing }));
  assertEquals(ofStanding("converged", "working", "starting"), [0, 0, 0]);
  assertEquals(ofStanding("held", "noop", "blocked", "refused", "stopping"), [1, 1, 1, 1, 1]);
  assertEquals(ofStanding("failing", "hangs"), [2, 2]);
  const cluster = {
    ...{ phase: "client", role: "client", leader: "h", contact: "lost", members: 1 } as const,
    lostSinceMs: NOW,
  } as const;
  assertEquals(code({ cluster }), 1);
  assertEquals(code({ cluster, standing: "failing" }), 2);
  assertEquals(code({ cluster: { ...cluster, outcast: { message: "left" } } }), 2);
  const absent = (code: string) => checkOfFailure(failure("none", { code }));
  assertEquals(absent("no-agent"), { line: "MGMT CRITICAL - none\n", exitCode: 2 });
  assertEquals(absent("silent").exitCode, 2);
  for (const unknown of ["forbidden", "which"]) assertEquals(absent(unknown).exitCode, 3);
  assert(absent("which").line.startsWith("MGMT UNKNOWN - "));
});

Deno.test("status: nothing that a hostile agent says reaches the terminal as it is, whichever field it is in", () => {
  const evil = "\u001b]0;x\u0007\u009b2J";
  const cluster = { role: evil, phase: evil, leader: evil, contact: "lost", members: 1 };
  const text = statusText(
    agent({
      standing: evil as never,
      resources: resources({ [evil]: 3 }) as never,
      cluster: cluster as never,
      ...{ pid: evil as never, working: [`exec[${evil}]`], file: evil, stuck: evil },
    }),
    NOW,
  );
  // deno-lint-ignore no-control-regex -- exactly those must not reach a terminal
  assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(text), JSON.stringify(text));
  assert(text.includes("x"));
});

Deno.test("status --check: that the graph file was refused is said once, also while resources fail", () => {
  const line = (more: Partial<AgentStatus>) => checkOf(agent(more), NOW).line;
  for (const file of [{ refused: true }, { lastGoodOf: "2026-01-02T03:04:05Z" }]) {
    assertMatch(line({ standing: "failing", ...file }), /CRITICAL - failing.*; the graph file has/);
    assertEquals(line({ standing: "refused", ...file }).split("has mistakes").length, 2);
  }
  assert(!line({ standing: "failing" }).includes("mistakes"));
});

Deno.test("status --check: a hold of all is named, and is no trouble by itself", () => {
  const held = [{ key: "*", reason: "tired", author: "ann", sinceMs: NOW, untilMs: NOW + MINUTE }];
  const { line, exitCode } = checkOf(agent({ held }), NOW);
  assertEquals(exitCode, 0);
  assertMatch(line, /^MGMT OK - converged.*; all held until 2026-01-02 03:01Z by ann \(tired\) \|/);
  const one = checkOf(agent({ held: [{ ...held[0]!, key: "file[/a]" }] }), NOW);
  assert(!one.line.includes("all held"));
});

Deno.test("status: an agent that stops tries nothing again", () => {
  const more = { troubles: [FAILED], resources: resources({ failed: 1 }) };
  assertMatch(statusText(agent({ standing: "failing", ...more }), NOW), /tried again in 7 s/);
  const stopping = statusText(agent({ standing: "stopping", ...more }), NOW);
  assert(stopping.includes("Svc[nginx]") && !stopping.includes("tried again"), stopping);
});

Deno.test("status --output json: where no agent runs it is an object with the failure, and exits with 1", () =>
  inDirectory(async (directory) => {
    const prefix = `${directory}/none`;
    const { code, data, talk } = await runLine(["status", "--prefix", prefix, "--output", "json"]);
    const { version, type, agent, error } = JSON.parse(data);
    assertEquals([code, version, type, agent, error.code], [1, 1, "status", null, "no-agent"]);
    assertEquals(error.message, `no agent runs with ${prefix}, and there is no state of one`);
    assertMatch(talk, /^mgmt status: no agent runs with /);
  }));
