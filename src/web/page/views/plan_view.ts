/**
 * What the graph file, as it is written now, would do: beside the graph that is in force.
 *
 * @module
 */

import { h, type JSX } from "preact";
import { printable } from "../../../base/printable.ts";
import { count, label } from "../../../base/words.ts";
import type { PlannedResource, PlanOutcome } from "../../../report/plan/outcome.ts";
import type { ApiAnswer } from "../agent_api.ts";
import { objectsOf, textOf, textsOf, type Unread } from "../model/wire.ts";
import { differences } from "./differences.ts";
import { clockTime } from "./moment.ts";
import { cut } from "./resource_name.ts";
import { type Sign, stateSign } from "./state_sign.ts";

/** A plan, when it was asked for; without an answer it is being made. */
export interface AskedPlan {
  readonly atMs: number;
  readonly answer: ApiAnswer<Unread> | undefined;
}

const WORDS: Readonly<Record<PlanOutcome, string>> = {
  ok: "stays as it is",
  change: "would change",
  after: "would change, after another",
  refresh: "would be refreshed",
  unknown: "only doing it will show",
  refused: "would fail",
  blocked: "would wait",
};
const SIGNS: Readonly<Record<PlanOutcome, Sign>> = {
  ok: "ok",
  change: "would-change",
  after: "would-change",
  refresh: "would-change",
  unknown: "unchecked",
  refused: "failed",
  blocked: "blocked",
};

/** Rows that are shown. */
const ROWS = 300;

/** The view. */
export function planView(
  plan: AskedPlan | undefined,
  ask: () => void,
  linkOf: (key: string) => string,
): JSX.Element {
  const isBusy = plan !== undefined && plan.answer === undefined;
  return h(
    "section",
    { class: "plan", "aria-labelledby": "plan-title", "aria-busy": isBusy ? "true" : "false" },
    h("h2", { id: "plan-title" }, "Plan"),
    h(
      "p",
      { class: "quiet" },
      "What the graph file, as it is written now, would do. Nothing is done.",
    ),
    h(
      "p",
      null,
      h(
        "button",
        { type: "button", onClick: ask, disabled: isBusy },
        isBusy ? "Planning …" : "Plan again",
      ),
      plan !== undefined && h("span", { class: "quiet" }, " as of ", clockTime(plan.atMs)),
    ),
    plan?.answer === undefined ? null : plan.answer.ok ? outcomes(plan.answer.value, linkOf) : h(
      "div",
      { class: "banner" },
      h("p", null, h("strong", null, "No plan can be made.")),
      h("pre", { tabIndex: 0 }, plan.answer.failure.message.split("\n").map(printable).join("\n")),
    ),
  );
}

function outcomes(answer: Unread, linkOf: (key: string) => string): JSX.Element {
  const planned = plannedOf(answer).filter((each) =>
    each.outcome !== "ok" || each.edit !== undefined
  );
  const removed = textsOf(answer["removed"]);
  if (planned.length + removed.length === 0) {
    return h("p", { class: "empty" }, "Nothing would be done: what is written is in force.");
  }
  return h(
    "div",
    null,
    h(
      "p",
      null,
      `${count(planned.length + removed.length, "resource")} would not stay as now.`,
    ),
    h(
      "ul",
      { class: "rows" },
      planned.slice(0, ROWS).map((each) => planRow(each, linkOf(each.key))),
      removed.slice(0, ROWS).map((key) =>
        planRow({ key, outcome: "ok", reason: "it leaves the graph" }, linkOf(key), "leaves")
      ),
    ),
  );
}

/** The resources of an answer that say what becomes of them. */
export function plannedOf(answer: Unread): readonly PlannedResource[] {
  return objectsOf(answer["resources"]).filter(({ key, outcome }) =>
    typeof key === "string" && typeof outcome === "string" && Object.hasOwn(WORDS, outcome)
  ) as unknown as readonly PlannedResource[];
}

function planRow(
  { key, outcome, edit, reason, difference }: PlannedResource,
  href: string,
  word = edit === "added" ? "is added" : WORDS[outcome],
): JSX.Element {
  const lines = textsOf(difference);
  return h(
    "li",
    { key },
    h(
      "a",
      { href, class: "row" },
      stateSign(SIGNS[outcome]),
      h("bdi", { class: "name" }, cut(label(key), 120)),
      h(
        "span",
        { class: "why" },
        h("span", { class: "state" }, word),
        textOf(reason) !== undefined && h("bdi", null, ` · ${cut(printable(reason ?? ""), 300)}`),
      ),
    ),
    lines.length > 0 && differences(lines),
  );
}
