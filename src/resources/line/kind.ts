/**
 * The kind `line`: one line, or one block of lines, in a file that also holds others.
 *
 * @module
 */

import { chain } from "../../base/chain.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Failure, Result } from "../../base/result.ts";
import type { Sight } from "../../os/files/files.ts";
import type { Watch } from "../../os/watch/watcher.ts";
import { Turns } from "../../base/turns.ts";
import type { Claim } from "../../kind/claim.ts";
import { defineKind, drift } from "../../kind/kind.ts";
import type { Drift, KindContext, WatchContext } from "../../kind/kind.ts";
import { LinkedFiles } from "../../kind/linked_files.ts";
import { patienceOf } from "../../kind/waiting.ts";
import { showing } from "../shared/files/difference.ts";
import { foreseeChange } from "../shared/files/foresee.ts";
import { hiddenOf } from "../shared/files/private.ts";
import { foreseeValidation, runValidation } from "../shared/files/validate.ts";
import { contradiction } from "./contradiction.ts";
import { LINE_EXAMPLES } from "./examples.ts";
import { LINE_FIELDS } from "./fields.ts";
import type { LineFields } from "./fields.ts";
import { findChange, type LineChange } from "./check.ts";
import { resolveLine } from "./params.ts";
import type { LineParams } from "./params.ts";
import { loadPatterns } from "./pattern.ts";

/** Reading, changing and writing a file is the work of one resource at a time. */
const turns = new Turns();

/** Tries to change a file that somebody else changes at the same moments. */
const TRIES = 10;

interface LineMemory {
  /** Hears of what is written through other names. */
  linked?: LinkedFiles;
}

/** A line or a block in a file. */
export default defineKind<LineFields, LineParams, Sight, LineMemory>({
  kind: "line",
  summary: "a line, or a block of lines, in a file; the rest of the file is left as it is",
  fields: LINE_FIELDS,
  examples: LINE_EXAMPLES,
  prepare: loadPatterns,
  resolve: resolveLine,
  identity,
  claims,
  relations: ({ path, create }) => ({
    needs: [`path:${path}`, `package-of:${path}`, ...(create ? [`within:${path}` as const] : [])],
  }),
  controls: ({ path }) => [{ subject: path, part: true }],
  contradicts: (params, other) =>
    other.kind === "line" ? contradiction(params, other.params as LineParams) : undefined,
  memory: () => ({}),
  check,
  refuses,
  apply: (_plan, params, context) =>
    turns.take(params.path, () => change(params, context, TRIES), patienceOf(context)),
  watch,
  heals: true,
  changesHost: false,
  preview: "full",
});

/** What is asked of which file; a block is told by the name in its marks. */
function identity({ path, name, wish, sensitive }: LineParams): string {
  switch (wish.type) {
    case "block":
      return `${path}: ${wish.begin}`;
    case "match":
      return `${path}: ${wish.match}`;
    case "line":
      // Identities are shown.
      return `${path}: ${wish.match ?? (sensitive ? `line of ${name}` : wish.text)}`;
  }
}

/** A part of the file; where it should have it, the file is needed. */
function claims({ path, create, absent }: LineParams): readonly Claim[] {
  const entry = create ? "made" : absent ? "indifferent" : "needed";
  return [{ path, says: "part", type: "file", entry }];
}

function check(
  params: LineParams,
  pass: KindContext<LineMemory>,
): Awaitable<Drift<Sight> | Failure | undefined> {
  const context = pass.memory.linked?.context(pass) ?? pass;
  return chain(findChange(params, context), (found) => {
    if (!found.ok) return found.failure;
    if (found.value === undefined) return undefined;
    const { seen, content, reason } = found.value;
    if (content === undefined) return drift(reason, seen);
    const hidden = hiddenOf(params.sensitive, seen);
    return drift(reason, seen, showing({ seen, content, size: content.length, hidden }));
  });
}

/** Whoever changes the file hears it from the kernel before anything is written. */
async function refuses(
  seen: Sight,
  { path, validate, inPlace }: LineParams,
  context: KindContext,
): Promise<Failure | undefined> {
  if (!context.noop) return undefined;
  const does = inPlace && seen.type === "file" ? "write-into" : "replace";
  return await foreseeChange({ path, seen, does }, context) ??
    (validate === undefined ? undefined : await foreseeValidation(validate, context));
}

/** Looks at what is there now, so that the work of whoever had the turn before is kept. */
function change(
  params: LineParams,
  context: KindContext,
  tries: number,
): Awaitable<Failure | undefined> {
  return chain(findChange(params, context), (found) => {
    if (!found.ok) return found.failure;
    if (found.value === undefined) return undefined;
    return chain(write(params, found.value, context), (written) => {
      if (written.ok) return undefined;
      const again = written.failure.code === "changed" && tries > 1 && !context.signal.aborted;
      return again ? change(params, context, tries - 1) : written.failure;
    });
  });
}

function write(
  params: LineParams,
  { seen, content }: LineChange,
  context: KindContext,
): Awaitable<Result<void>> {
  const { path, validate, inPlace, sensitive } = params;
  const { files } = context.host;
  if (content === undefined) return fail(`${path} does not exist`, { code: "no-file" });
  const kept = seen.type === "absent" ? ok(undefined) : files.backup(path, seen);
  return chain(kept, (safe) => {
    if (!safe.ok) return safe;
    return files.write({
      path,
      content,
      seen,
      ifUnchanged: true,
      ...(inPlace ? { inPlace } : {}),
      ...(sensitive && seen.type === "absent" ? { mode: 0o600 } : {}),
      ...(validate === undefined ? {} : {
        validate: (temporary) =>
          runValidation(
            { validator: validate, seen, hidden: hiddenOf(sensitive, seen) },
            temporary,
            context,
          ),
      }),
      signal: context.signal,
    });
  });
}

function watch({ path }: LineParams, context: WatchContext<LineMemory>): Watch {
  const { host, changed, memory } = context;
  const watched = host.watcher.watch({ path, tree: false, changed });
  const linked = memory.linked = new LinkedFiles(context);
  return {
    close: () => {
      delete memory.linked;
      linked.close();
      watched.close();
    },
  };
}
