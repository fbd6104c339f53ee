import { assertEquals } from "@std/assert";
import type { Graph } from "../../../src/graph/graph.ts";
import { makingOf } from "../../../src/app/plan_makers.ts";
import { failure } from "../../../src/base/result.ts";
import { PlanFindings } from "../../../src/report/plan/findings.ts";
import { type Making, type PlanFinding, planOf } from "../../../src/report/plan/outcome.ts";
import { planExitCode } from "../../../src/report/plan/text.ts";

/** A graph of such edges, `a > b`, or `a ! b` where a change of `a` refreshes `b`. */
function graphOf(keys: string, ...edges: string[]): Graph<undefined> {
  return {
    name: "g",
    vertices: new Map([...keys].map((key) => [key, undefined])),
    edges: edges.map((text) => {
      const [from = "", arrow, to = ""] = text.split(" ");
      return { name: text, from, to, notify: arrow === "!" };
    }),
  };
}

/** An automatic edge for such a reason. */
function makes(from: string, to: string, name: string): Making[] {
  return makingOf({ name, from, to });
}

/** What becomes of each, as one line: `a change, b after a`. */
function outcomes(
  graph: Graph<undefined>,
  findings: Record<string, PlanFinding["outcome"]>,
  ...made: Making[][]
): string {
  const found = new Map<string, PlanFinding>(
    Object.entries(findings).map(([key, outcome]) => [key, { outcome }]),
  );
  return planOf(graph, found, made.flat()).resources.map((
    { key, outcome, after, behind, otherwise },
  ) => [key, outcome, after ?? behind, otherwise].filter((each) => each !== undefined).join(" "))
    .join(", ");
}

Deno.test("plan: all behind something refused is blocked by it, and shows what it would be", () => {
  assertEquals(
    outcomes(graphOf("abcd", "a > b", "b > c"), {
      a: "refused",
      b: "change",
      c: "ok",
      d: "change",
    }),
    "a refused, d change, b blocked a change, c blocked a ok",
  );
});

Deno.test("plan: what an undo holds blocks nobody, what an operator holds does", () => {
  const graph = graphOf("ab", "a > b");
  const outcomeOf = (undo: object) => {
    const hold = { reason: "", author: "", sinceMs: 0, untilMs: 1, ...undo };
    const found = new Map<string, PlanFinding>([
      ["a", { outcome: "change", hold }],
      ["b", { outcome: "change" }],
    ]);
    return planOf(graph, found, []).resources.map(({ outcome }) => outcome);
  };
  assertEquals(outcomeOf({ undo: true }), ["blocked", "change"]);
  assertEquals(outcomeOf({}), ["blocked", "blocked"]);
});

Deno.test("plan: what is refused behind something refused is blocked, for a run does not try it", () => {
  assertEquals(
    outcomes(graphOf("ab", "a > b"), { a: "refused", b: "refused" }),
    "a refused, b blocked a refused",
  );
});

Deno.test("plan: what is right now may be otherwise once its package, its source or its mount comes", () => {
  const graph = graphOf("pf", "p > f");
  for (const reason of ["its package", "makes a path that it uses", "owns the path"]) {
    assertEquals(
      outcomes(graph, { p: "change", f: "ok" }, makes("p", "f", reason)),
      "p change, f after p",
      reason,
    );
    assertEquals(
      outcomes(graph, { p: "ok", f: "ok" }, makes("p", "f", reason)),
      "p ok, f ok",
      reason,
    );
  }
});

Deno.test("plan: a directory that is to come decides nothing about what is in it", () => {
  const parent = makes("d", "f", "its parent directory");
  const graph = graphOf("df", "d > f");
  assertEquals(outcomes(graph, { d: "change", f: "change" }, parent), "d change, f change");
  assertEquals(outcomes(graph, { d: "change", f: "ok" }, parent), "d change, f ok");
});

Deno.test("plan: a copy of what is to be changed is after it, whatever differs now", () => {
  const copied = makes("s", "c", "makes a path that it uses");
  const graph = graphOf("sc", "s > c");
  assertEquals(outcomes(graph, { s: "change", c: "change" }, copied), "s change, c after s");
  assertEquals(outcomes(graph, { s: "unknown", c: "ok" }, copied), "s unknown, c after s");
});

Deno.test("plan: who makes something without being before it decides nothing", () => {
  const package_ = makes("p", "f", "its package");
  assertEquals(
    outcomes(graphOf("pf", "f > p"), { p: "change", f: "ok" }, package_),
    "f ok, p change",
  );
});

Deno.test("plan: a refresh stays one behind what changes", () => {
  const unit = makes("u", "s", "its unit file");
  assertEquals(
    outcomes(graphOf("us", "u ! s"), { u: "change", s: "refresh" }, unit),
    "u change, s refresh",
  );
});

Deno.test("plan: the exit code tells the worst", () => {
  const code = (...found: PlanFinding["outcome"][]) => {
    const keys = "abcdefg".slice(0, found.length);
    const findings = new Map(
      [...keys].map((key, index) => [key, { outcome: found[index] ?? "ok" }] as const),
    );
    return planExitCode(planOf(graphOf(keys), findings, []));
  };
  assertEquals(code(), 0);
  assertEquals(code("ok", "ok"), 0);
  for (const due of ["change", "after", "refresh", "unknown"] as const) {
    assertEquals(code("ok", due), 2, due);
    assertEquals(code(due, "refused"), 4, due);
  }
});

Deno.test("plan: of each resource the last finding counts, and a tick of the clock is no change", () => {
  const findings = new PlanFindings();
  const said = (event: Parameters<PlanFindings["event"]>[0]) => findings.event(event);
  said({ type: "would-change", key: "a", reason: "r", difference: [] });
  said({ type: "ok", key: "a" });
  said({ type: "would-change", key: "t", reason: "r", difference: [], worldless: true });
  said({ type: "would-change", key: "u", reason: "r", difference: [], unknown: "why" });
  said({
    type: "would-change",
    key: "r",
    reason: "r",
    difference: [],
    unknown: "why",
    askedBy: ["a"],
  });
  said({ type: "failed", key: "f", failure: failure("no", { code: "parent" }), noop: true });
  said({
    type: "would-change",
    key: "w",
    reason: "r",
    difference: [],
    after: "a",
    lacks: "no user",
  });
  const found = [...findings.byKey].map(([key, { outcome }]) => `${key} ${outcome}`);
  assertEquals(found, ["a ok", "t ok", "u unknown", "r refresh", "f refused", "w after"]);
  assertEquals(findings.byKey.get("w")?.reason, "no user");
  assertEquals(findings.byKey.get("f")?.failure?.code, "parent");
});
