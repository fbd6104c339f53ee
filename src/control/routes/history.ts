import { MOMENT_FORMS, readMoment } from "../../base/moment.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import type { JournalWish } from "../agent.ts";
import { historyForReaders } from "../private_answers.ts";
import type { Route } from "../route.ts";

/** Entries of one answer, unless it is said how many, and at most. */
const LIMIT = { usual: 1000, most: 10_000 };

/** What happened, as far as the agent's journal goes back. */
export const history: Route = {
  method: "GET",
  path: "/v1/history",
  askers: "readers",
  answer: async ({ given, askers }, agent) => {
    const wish = readWish(given);
    if (!wish.ok) return wish;
    const journal = await agent.journal();
    if (!journal.ok) return journal;
    const found = journal.value.history(wish.value);
    return found.ok && askers === "readers" ? ok(historyForReaders(found.value, agent)) : found;
  },
};

function readWish(given: Readonly<Record<string, unknown>>): Result<JournalWish> {
  const { limit = LIMIT.usual, since, resource, kind, only } = given;
  const moment = typeof since === "string" ? readMoment(since) : undefined;
  if (since !== undefined && moment === undefined) return refused(`since takes ${MOMENT_FORMS}`);
  if (!isText(resource) || !isText(kind)) return refused("resource and kind take a text");
  if (only !== undefined && only !== "changed" && only !== "failed") {
    return refused("only takes changed or failed");
  }
  if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 0 || limit > LIMIT.most) {
    return refused(`limit takes a whole number from 0 to ${LIMIT.most}`);
  }
  return ok({
    limit,
    ...(moment === undefined ? {} : { since: moment }),
    ...(resource === undefined ? {} : { resource }),
    ...(kind === undefined ? {} : { kind }),
    ...(only === undefined ? {} : { only }),
  });
}

function isText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}

function refused(message: string): Result<never> {
  return fail(message, { code: "bad-request" });
}
