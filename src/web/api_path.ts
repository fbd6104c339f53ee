/**
 * Which questions the page may ask of the agent. What is passed on is made anew of what was understood,
 * never the path as it came.
 *
 * @module
 */

import { fail, ok, type Result } from "../base/result.ts";

/** A question for the agent. */
export interface AgentAsked {
  readonly path: string;
  readonly given?: object;
  /** It is answered with one object a line: as long as there are more, or for ever. */
  readonly lines?: "list" | "endless";
  /** How long it may take until the answer begins; absent: as long as any. */
  readonly answerMs?: number;
}

/** Where the agent's answers are. */
export const API = "/api/v1/";

/** `path`: where its path is not its word. */
type AnswerForm = Omit<AgentAsked, "path" | "given"> & { readonly path?: string };

/** Questions that are a word; those that go on with a resource; how they are answered. */
const WORDS: Readonly<Record<string, AnswerForm>> = {
  status: {},
  resources: { lines: "list" },
  graph: { answerMs: 30_000 },
  events: { lines: "endless" },
  history: {},
  cluster: {},
  holds: {},
  plan: { answerMs: 60_000 },
  health: { path: "/healthz" },
};
const OF_RESOURCE: ReadonlySet<string> = new Set(["resources", "why"]);
const KEY_LENGTH = 4096;

/** What the agent may be told, where that is allowed. */
const TOLD: ReadonlySet<string> = new Set(["hold", "release"]);

/** What may be asked of the history, and whether it is a number. */
const HISTORY: Readonly<Record<string, boolean>> = {
  limit: true,
  since: false,
  resource: false,
  kind: false,
  only: false,
};

/** Reads what stands after the host in the first line of a request. */
export function readApiPath(target: string): Result<AgentAsked> {
  const [, word = "", key, query] = /^\/api\/v1\/([a-z]+)(?:\/([^/?#]+))?(?:\?([^#]*))?$/
    .exec(target) ?? [];
  if (key !== undefined) return ofResource(word, key, query);
  const wanted = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  if (wanted === undefined) return unknown();
  const path = `/v1/${word}`;
  if (query === undefined) return ok({ path, ...wanted });
  if (word !== "history") return fail(`${word} takes nothing after ?`, { code: "bad-request" });
  const given = readHistory(query);
  return given.ok ? ok({ path, given: given.value, ...wanted }) : given;
}

/** The same of what the agent is told. */
export function readToldPath(target: string): Result<string> {
  const [, word = ""] = /^\/api\/v1\/([a-z]+)$/.exec(target) ?? [];
  if (TOLD.has(word)) return ok(`/v1/${word}`);
  return fail("that is nothing an agent is told here", {
    code: "unknown-path",
    hint: `it is told ${[...TOLD].map((each) => API + each).join(", ")}`,
  });
}

function ofResource(word: string, encoded: string, query: string | undefined): Result<AgentAsked> {
  if (!OF_RESOURCE.has(word) || query !== undefined) return unknown();
  const key = decoded(encoded);
  // These would be a step in a path, however they are encoded.
  const isStep = key === "." || key === "..";
  if (key === undefined || isStep || key.length > KEY_LENGTH || !key.isWellFormed()) {
    return fail("that is no name of a resource", { code: "bad-request" });
  }
  return ok({ path: `/v1/${word}/${encodeURIComponent(key)}` });
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function readHistory(query: string): Result<object> {
  const given: Record<string, string | number> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const isNumber = Object.hasOwn(HISTORY, name) ? HISTORY[name] : undefined;
    if (isNumber === undefined || Object.hasOwn(given, name)) {
      return fail(`history takes ${Object.keys(HISTORY).join(", ")}, each once`, {
        code: "bad-request",
      });
    }
    given[name] = isNumber ? Number(/^\d{1,6}$/.test(value) ? value : NaN) : value;
  }
  return Object.values(given).some((value) => Number.isNaN(value))
    ? fail("limit takes a whole number", { code: "bad-request" })
    : ok(given);
}

function unknown(): Result<never> {
  const words = Object.keys(WORDS).map((word) => API + word);
  const ofResources = [...OF_RESOURCE].map((word) => `${API}${word}/KEY`);
  const hint = `there are ${[...words, ...ofResources].join(", ")}`;
  return fail("there is no such question", { code: "unknown-path", hint });
}
