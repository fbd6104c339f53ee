/**
 * What makes plans, as one piece that is loaded when it is needed.
 *
 * @module
 */

export { givenFacts } from "./facts/facts_given.ts";
export { runPlan } from "./plan.ts";
export { runningPlan } from "./running_plan/ask_plan.ts";
