/**
 * What all kinds that manage a part of a file do in the same way: looking, writing, undoing, watching.
 *
 * @module
 */

import { ok, type Result } from "../../../base/result.ts";
import type { Claim } from "../../../kind/claim.ts";
import type { Kind, KindContext, WatchContext } from "../../../kind/kind.ts";
import { LinkedFiles } from "../../../kind/linked_files.ts";
import type { ThingChange } from "../../../kind/undo.ts";
import type { WorkContext } from "../../../kind/work_context.ts";
import type { Sight } from "../../../os/files/files.ts";
import type { Watch } from "../../../os/watch/watcher.ts";
import { changeOfLines, LINES_UNDO } from "../undo/lines.ts";
import { applyWith, refuses } from "./apply.ts";
import { checkWith, type PartMemory } from "./check.ts";
import type { EditPart, PartParams } from "./part.ts";

/** What of a kind they have. */
export type PartOfKind<Params extends PartParams> = Pick<
  Kind<unknown, Params, Sight, PartMemory>,
  | "identityHasContent"
  | "remains"
  | "claims"
  | "relations"
  | "controls"
  | "memory"
  | "check"
  | "refuses"
  | "apply"
  | "undo"
  | "watch"
  | "heals"
  | "changesHost"
  | "preview"
  | "otherFields"
>;

/** The common part of a kind whose resources change a text by `edit`. */
export function partKind<Params extends PartParams>(
  edit: EditPart<Params>,
): PartOfKind<Params> {
  return {
    otherFields: Object.fromEntries(
      ["mode", "owner", "group"].map((field) => [
        field,
        "write it in a file resource of the same path, without content",
      ]),
    ),
    identityHasContent: true,
    remains: ({ path, absent }) => absent ? undefined : { at: "inside", path },
    claims: claimsOf,
    relations: ({ path, create }) => ({
      needs: [`path:${path}`, `package-of:${path}`, ...(create ? [`within:${path}` as const] : [])],
    }),
    controls: ({ path }) => [{ subject: path, part: true }],
    memory: () => ({}),
    check: checkWith(edit),
    refuses: (seen: Sight, params: Params, context: KindContext<PartMemory>) =>
      refuses(seen, params, context),
    apply: applyWith(edit),
    undo: { made, ...LINES_UNDO },
    watch,
    heals: true,
    changesHost: false,
    preview: "full",
  };
}

/** A part of the file; where it should have it, the file is needed. */
function claimsOf({ path, create, absent }: PartParams): readonly Claim[] {
  const entry = create ? "made" : absent ? "indifferent" : "needed";
  return [{ path, says: "part", type: "file", entry }];
}

async function made(
  memory: PartMemory,
  context: WorkContext,
): Promise<Result<readonly ThingChange[]>> {
  const { written } = memory;
  delete memory.written;
  if (written === undefined) return ok([]);
  return await changeOfLines(written.path, written.seen, written.content, context);
}

function watch({ path }: PartParams, context: WatchContext<PartMemory>): Watch {
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
