/**
 * The pass over `collect`: what a graph takes of what other hosts export.
 *
 * @module
 */

import {
  array,
  boolean,
  enum as oneOf,
  gte,
  lte,
  maxLength,
  minLength,
  number,
  refine,
  string,
} from "zod/mini";
import { LIMITS } from "../base/limits.ts";
import { holdsSecret } from "../base/secret_token.ts";
import type { Registry } from "../kind/kind.ts";
import type { CollectRule } from "../kind/export.ts";
import { defineFields, type FieldsOf } from "../kind/schema.ts";
import { describeValue, isMap, isNothing, shown } from "./describe.ts";
import { readFields } from "./fields.ts";
import { KIND_WORDS, kindWord, otherKind } from "./kind_words.ts";
import type { Mistakes } from "./mistakes.ts";
import type { Path } from "./path.ts";
import { unknownKind } from "./unknown_kind.ts";

const EXAMPLE = '- {kind: file, pattern: "/tmp/collected/"}';

/** For a restart of an agent, and for a host that boots quickly. */
const GRACE = 60;
const GRACE_MOST = 86_400;

const text = string().check(minLength(1), maxLength(4096));

/** The fields of an entry of collect, besides its kind. */
export const COLLECT_FIELDS = defineFields({
  id: { type: text, typeText: "text", summary: "by which edges name all that the entry takes" },
  pattern: {
    type: text.check(
      refine((value) => value.startsWith("/"), "must be an absolute path"),
      refine((value) => !/(^|\/)\.\.?(\/|$)/.test(value), "must not contain . or .. as a part"),
    ),
    typeText: "the absolute path of a directory",
    summary: "where collected files are placed, each under its own name",
  },
  host: { type: text, typeText: "text, in which * stands for anything", summary: "from whom" },
  name: { type: text, typeText: "text, in which * stands for anything", summary: "which ones" },
  allow: {
    type: array(text).check(maxLength(LIMITS.collectPlaces)),
    typeText: "a list of texts",
    summary:
      "without a pattern: directories (with / at the end) and files that the exporter may choose; for kinds other than file: names that are taken",
  },
  owner: {
    type: boolean(),
    typeText: "true or false",
    summary: "also takes owner and group of a file",
  },
  live: {
    type: boolean(),
    typeText: "true or false",
    summary: "takes only of hosts that are there",
  },
  grace: {
    type: number().check(gte(0), lte(GRACE_MOST)),
    typeText: `a number of seconds from 0 to ${GRACE_MOST}`,
    summary: "with live: how long a host that is gone still counts as there",
  },
  withdrawn: {
    type: oneOf(["keep", "absent"]),
    typeText: "keep | absent",
    summary: "what becomes of a file when its export is withdrawn",
  },
});

/** What an entry says, besides its kind. */
export type CollectFields = FieldsOf<typeof COLLECT_FIELDS>;

/** The kinds that entries of `collect` name, before anything else of them is looked at. */
export function kindsOfCollect(entries: readonly unknown[]): readonly string[] {
  return entries.flatMap((entry) => {
    const kind = isMap(entry) ? entry[kindWord(entry)] : undefined;
    return typeof kind === "string" ? [kind] : [];
  });
}

/** Reads the entries of `collect`. */
export function readCollect(
  entries: readonly unknown[],
  registry: Registry,
  mistakes: Mistakes,
): readonly CollectRule[] {
  const byId = new Map<string, number>();
  return entries.flatMap((entry, index) => {
    const rule = readEntry(entry, ["collect", index], registry, mistakes);
    if (rule?.id !== undefined) noteId(rule.id, index, byId, mistakes);
    return rule === undefined ? [] : [rule];
  });
}

function noteId(id: string, index: number, byId: Map<string, number>, mistakes: Mistakes): void {
  const earlier = byId.get(id);
  if (earlier === undefined) {
    byId.set(id, index);
    return;
  }
  mistakes.error(["collect", index, "id"], `two entries of collect have the id ${shown(id)}`, {
    other: { text: "the first is on", path: ["collect", earlier, "id"] },
    hint: "give each an id of its own",
  });
}

function readEntry(
  entry: unknown,
  path: Path,
  registry: Registry,
  mistakes: Mistakes,
): CollectRule | undefined {
  if (!isMap(entry)) {
    const message = `an entry of collect must be a map, not ${describeValue(entry)}`;
    mistakes.error(path, message, { hint: `write ${EXAMPLE}` });
    return undefined;
  }
  const before = mistakes.errors;
  const kind = readKind(entry, path, registry, mistakes);
  const rules = {
    schemas: COLLECT_FIELDS,
    others: KIND_WORDS,
    emptyIsUnset: true,
    hasSecrets: holdsSecret(entry),
  };
  const fields: CollectFields = readFields(entry, rules, (mistake) => {
    mistakes.error([...path, ...mistake.path], `collect: ${mistake.message}`, mistake);
  });
  if (fields.grace !== undefined && fields.live !== true) {
    mistakes.error([...path, "grace"], "collect: grace is a part of live: true", {
      hint: "add live: true, or leave grace out",
    });
  }
  if (kind === undefined || mistakes.errors > before) return undefined;
  const { pattern, allow = [] } = fields;
  if (pattern === undefined && allow.length === 0) {
    mistakes.warning(path, `this entry of collect says no place, so it takes nothing`, {
      hint: kind === "file"
        ? `write ${EXAMPLE}; or, where files keep their own paths: allow: [/etc/app/]`
        : `name what is taken: allow: [NAME]`,
    });
  }
  return {
    kind,
    ...(fields.id === undefined ? {} : { id: fields.id }),
    ...(pattern === undefined ? {} : { pattern: pattern.endsWith("/") ? pattern : `${pattern}/` }),
    ...(fields.host === undefined ? {} : { host: fields.host }),
    ...(fields.name === undefined ? {} : { name: fields.name }),
    allow,
    owner: fields.owner ?? false,
    ...(fields.live === true ? { graceSeconds: fields.grace ?? GRACE } : {}),
    withdrawn: fields.withdrawn ?? "keep",
  };
}

function readKind(
  entry: Readonly<Record<string, unknown>>,
  path: Path,
  registry: Registry,
  mistakes: Mistakes,
): string | undefined {
  const word = kindWord(entry);
  const kind = entry[word];
  if (isNothing(kind) || kind === "") {
    mistakes.error(path, "this entry of collect has no kind", { hint: `write ${EXAMPLE}` });
  } else if (typeof kind !== "string") {
    mistakes.error([...path, word], `${word} must be text, not ${describeValue(kind)}`, {
      hint: `write ${EXAMPLE}`,
    });
  } else if (!registry.has(kind)) {
    const { message, hint } = unknownKind(kind, registry);
    mistakes.error([...path, word], message, { hint });
  } else {
    const other = otherKind(entry, kind);
    if (other === undefined) return kind;
    mistakes.error([...path, other.word], other.message);
  }
  return undefined;
}

/** Says once that edges of exported resources are left out. */
export function reportEdgesOfExports(edges: number, mistakes: Mistakes): void {
  if (edges === 0) return;
  const what = edges === 1 ? "1 edge is" : `${edges} edges are`;
  mistakes.warning(["edges"], `${what} left out: an exported resource is not part of this graph`, {
    part: "key",
    hint: "order among collected resources follows from what they need of each other",
  });
}
