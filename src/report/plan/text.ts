/**
 * A plan as lines for people, and as an object for programs.
 *
 * @module
 */

import { printable } from "../../base/printable.ts";
import { label, names } from "../../base/words.ts";
import type { Palette } from "../palette.ts";
import { holdText, MOST_NAMED, placeText, type ReportPlace } from "../phrases.ts";
import { OUTCOMES, type Plan, type PlannedResource, type PlanOutcome } from "./outcome.ts";

/** The version of the object; it changes when a field changes its meaning or goes. */
const VERSION = 1;

/** How a plan is shown. */
export interface PlanTextOptions {
  readonly paint: Palette;
  /** Show what is right, too. */
  readonly all: boolean;
  readonly placeOf: (key: string) => Promise<ReportPlace | undefined>;
}

const WIDTH = Math.max(...OUTCOMES.map((outcome) => outcome.length)) + 1;

/** Lines for people, the last of them counts. */
export async function planText(plan: Plan, options: PlanTextOptions): Promise<string> {
  const lines: string[] = [];
  for (const resource of plan.resources) {
    if (isQuiet(resource) && !options.all) continue;
    lines.push(...await linesOf(resource, options));
  }
  const { removed = [], reversed = [] } = plan;
  const keys = new Set(reversed.map(({ key }) => key));
  for (const { key, stays } of reversed) {
    const what = stays === undefined
      ? "what it changed would be taken back"
      : `it is left as it is: ${printable(stays)}`;
    lines.push(`reverse ${label(key)}: left the graph: ${what}`);
  }
  const only = removed.filter((each) => !keys.has(each));
  for (const key of only) {
    lines.push(`removed ${label(key)}: leaves the graph, and is left as it is`);
  }
  const counts = OUTCOMES.filter((outcome) => outcome === "ok" || plan.counts[outcome] > 0)
    .map((outcome) => `${plan.counts[outcome]} ${outcome}`);
  if (only.length > 0) counts.push(`${only.length} removed`);
  const taken = reversed.filter(({ stays }) => stays === undefined).length;
  if (taken > 0) counts.push(`${taken} reversed`);
  return [...lines, `Plan: ${counts.join(", ")}`, ""].join("\n");
}

/** Whether there is nothing to say of it but that it is as it should be. */
function isQuiet({ outcome, heldBack, noop, edit }: PlannedResource): boolean {
  return outcome === "ok" && heldBack === undefined && noop === undefined && edit === undefined;
}

async function linesOf(
  resource: PlannedResource,
  { paint, placeOf }: PlanTextOptions,
): Promise<string[]> {
  const { key, outcome, failure, difference = [], heldBack } = resource;
  const place = outcome === "refused" ? placeText(await placeOf(key)) : "";
  const last = resource.irrevocable === true ? " (cannot be taken back)" : "";
  const text = `${outcome.padEnd(WIDTH)}${label(key)}${reasonOf(resource)}${place}${last}`;
  const indent = " ".repeat(WIDTH);
  return [
    outcome === "refused" ? paint.bad(text) : text,
    ...(failure?.hint === undefined
      ? []
      : [`${indent}${paint.dim("hint:")} ${printable(failure.hint)}`]),
    ...(heldBack === undefined ? [] : [`${indent}not all of it: ${printable(heldBack)}`]),
    ...difference.map((line) => indent + painted(printable(line), paint)),
  ];
}

function painted(line: string, paint: Palette): string {
  if (line.startsWith("+")) return paint.good(line);
  return line.startsWith("-") ? paint.bad(line) : line;
}

function reasonOf(resource: PlannedResource): string {
  const { outcome, reason, after, behind, otherwise, hold, noop, askedBy = [] } = resource;
  const said = reason === undefined || reason === "" ? "" : `: ${printable(reason)}`;
  switch (outcome) {
    case "ok":
      return noop === undefined ? said : `: left as it is (meta.noop); else ${otherwise}${said}`;
    case "refresh":
      return `${said}, asked by ${names(askedBy, MOST_NAMED)}`;
    case "after":
      return `: after ${label(after ?? "")}${said === "" ? "" : ` (now${said})`}`;
    case "blocked":
      return `: ${
        hold === undefined ? `behind ${label(behind ?? "")}` : `held ${holdText(hold)}`
      }` +
        `; else ${otherwise}${said}`;
    default:
      return said;
  }
}

/** The object for programs. */
export async function planObject(
  plan: Plan,
  file: string,
  { placeOf }: Pick<PlanTextOptions, "placeOf">,
): Promise<object> {
  const resources = [];
  for (const resource of plan.resources) {
    const place = await placeOf(resource.key);
    resources.push({ ...resource, ...(place === undefined ? {} : { place }) });
  }
  return { v: VERSION, file, ...plan, resources };
}

/** What the program exits with: something is refused, something would be done, or all is right. */
export function planExitCode(
  { counts, removed = [], reversed = [] }: Pick<Plan, "counts" | "removed" | "reversed">,
): 0 | 2 | 4 {
  if (counts.refused > 0) return 4;
  if (removed.length + reversed.length > 0) return 2;
  const due: readonly PlanOutcome[] = ["change", "after", "refresh", "unknown", "blocked"];
  return due.some((outcome) => counts[outcome] > 0) ? 2 : 0;
}
