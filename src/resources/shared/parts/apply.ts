/**
 * Changing the file that a resource has a part of.
 *
 * @module
 */

import { chain } from "../../../base/chain.ts";
import { fail, ok } from "../../../base/result.ts";
import type { Awaitable, Failure, Result } from "../../../base/result.ts";
import { Turns } from "../../../base/turns.ts";
import type { KindContext } from "../../../kind/kind.ts";
import { patienceOf } from "../../../kind/waiting.ts";
import type { Sight } from "../../../os/files/files.ts";
import { foreseeChange } from "../files/foresee.ts";
import { hiddenOf } from "../files/private.ts";
import { foreseeValidation, runValidation } from "../files/validate.ts";
import { findChange, type PartChange, type PartMemory } from "./check.ts";
import type { EditPart, PartParams } from "./part.ts";

/** Reading, changing and writing a file is the work of one resource at a time, of whatever kind. */
const turns = new Turns();

/** Tries to change a file that somebody else changes at the same moments. */
const TRIES = 10;

/** Whoever changes the file hears it from the kernel before anything is written. */
export async function refuses(
  seen: Sight,
  { path, validate, inPlace }: PartParams,
  context: KindContext,
): Promise<Failure | undefined> {
  if (!context.noop) return undefined;
  const does = inPlace && seen.type === "file" ? "write-into" : "replace";
  return await foreseeChange({ path, seen, does }, context) ??
    (validate === undefined ? undefined : await foreseeValidation(validate, context));
}

/** How the file of a resource is changed, when it is its turn. */
export function applyWith<Params extends PartParams>(edit: EditPart<Params>) {
  return (
    _plan: Sight,
    params: Params,
    context: KindContext<PartMemory>,
  ): Awaitable<Failure | undefined> =>
    turns.take(params.path, () => change(edit, params, context, TRIES), patienceOf(context));
}

/** Looks at what is there now, so that the work of whoever had the turn before is kept. */
function change<Params extends PartParams>(
  edit: EditPart<Params>,
  params: Params,
  context: KindContext<PartMemory>,
  tries: number,
): Awaitable<Failure | undefined> {
  return chain(findChange(edit, params, context), (found) => {
    if (!found.ok) return found.failure;
    if (found.value === undefined) return undefined;
    const { seen, content } = found.value;
    return chain(write(params, found.value, context), (written) => {
      if (written.ok && content !== undefined) {
        context.memory.written = { path: params.path, seen, content };
      }
      if (written.ok) return undefined;
      const again = written.failure.code === "changed" && tries > 1 && !context.signal.aborted;
      return again ? change(edit, params, context, tries - 1) : written.failure;
    });
  });
}

function write(
  params: PartParams,
  { seen, content }: PartChange,
  context: KindContext,
): Awaitable<Result<void>> {
  const { path, validate, inPlace, sensitive, fresh } = params;
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
      ...(seen.type === "absent" ? fresh : {}),
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
