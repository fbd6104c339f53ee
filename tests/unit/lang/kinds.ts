/** Small kinds with the fields of the real ones, so that these tests are about the language only. */

import {
  array,
  boolean,
  enum as oneOf,
  gte,
  instanceof as instance,
  literal,
  number,
  record,
  refine,
  string,
  union,
} from "zod/mini";
import { defineKind } from "../../../src/kind/kind.ts";
import type { AnyKind, Registry } from "../../../src/kind/kind.ts";
import noop from "../../../src/resources/noop/kind.ts";
import pkg from "../../../src/resources/pkg/kind.ts";
import svc from "../../../src/resources/svc/kind.ts";

const text = { type: string(), typeText: "text", summary: "" };
const flag = { type: boolean(), typeText: "true or false", summary: "" };
const seconds = { type: number().check(gte(0)), typeText: "seconds, a number from 0", summary: "" };

const rest = {
  examples: [],
  memory: () => undefined,
  check: () => undefined,
  apply: () => undefined,
  emptyIsUnset: true,
  heals: true,
  changesHost: false,
  preview: "full",
} as const;

interface FileFields {
  readonly path?: string;
  readonly content?: string | Uint8Array;
  readonly source?: string;
  readonly state?: string;
  readonly mode?: string;
  readonly purge?: boolean;
  readonly owner?: string;
}

export const file = defineKind<FileFields, FileFields & { path: string }, never, undefined>({
  ...rest,
  kind: "file",
  summary: "a file",
  fields: {
    path: text,
    content: {
      type: union([string(), instance(Uint8Array)]),
      typeText: "text or bytes",
      summary: "",
      emptyCounts: true,
    },
    source: text,
    state: { type: oneOf(["exists", "absent"]), typeText: "exists | absent", summary: "" },
    mode: text,
    purge: flag,
    owner: text,
  },
  resolve(fields, { name, directory, issue }) {
    const path = fields.path ?? name;
    if (!path.startsWith("/")) {
      issue({ path: ["path"], message: `path must be absolute, not ${JSON.stringify(path)}` });
    }
    if (fields.content !== undefined && fields.source !== undefined) {
      issue({ path: ["source"], message: "content and source exclude each other" });
    }
    const source = fields.source && `${directory}/${fields.source}`;
    return { ...fields, path, ...(source === undefined ? {} : { source }) };
  },
  identity: ({ path }) => path,
});

interface ExecFields {
  readonly cmd: string;
  readonly shell?: string;
  readonly timeout?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly creates?: string;
  readonly args?: readonly string[];
  readonly state?: string;
}

export const exec = defineKind<ExecFields, ExecFields & { name: string }, never, undefined>({
  ...rest,
  kind: "exec",
  summary: "a command",
  fields: {
    cmd: {
      type: string().check(refine((cmd) => cmd !== "", "must not be empty")),
      typeText: "text",
      summary: "",
      required: true,
    },
    shell: text,
    timeout: seconds,
    env: { type: record(string(), string()), typeText: "a map of texts", summary: "" },
    creates: text,
    args: { type: array(string()), typeText: "a list of texts", summary: "" },
    state: { type: literal("present"), typeText: "present", summary: "" },
  },
  resolve: (fields, { name }) => ({ ...fields, name }),
  identity: ({ name }) => name,
});

interface TimerFields {
  readonly interval: number;
}

export const timer = defineKind<TimerFields, TimerFields & { name: string }, never, undefined>({
  ...rest,
  kind: "timer",
  summary: "a timer",
  fields: {
    interval: {
      type: number().check(gte(1)),
      typeText: "seconds, a number from 1",
      summary: "",
      required: true,
    },
  },
  resolve: (fields, { name }) => ({ ...fields, name }),
  identity: ({ name }) => name,
});

const KINDS: readonly AnyKind[] = [noop, file, exec, svc, pkg, timer];

export const registry: Registry = new Map(KINDS.map((kind) => [kind.kind, kind]));
