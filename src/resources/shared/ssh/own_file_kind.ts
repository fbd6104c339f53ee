/**
 * What kinds do in the same way that manage lines of a user's own file of ssh.
 *
 * @module
 */

import { ok, type Result } from "../../../base/result.ts";
import type { Kind, WatchContext } from "../../../kind/kind.ts";
import { LinkedFiles } from "../../../kind/linked_files.ts";
import type { Remains } from "../../../kind/remains.ts";
import type { KindUndo, ThingChange } from "../../../kind/undo.ts";
import type { WorkContext } from "../../../kind/work_context.ts";
import type { Watch } from "../../../os/watch/watcher.ts";
import { USERS } from "../accounts/databases.ts";
import { parentOf } from "../files/path.ts";
import { partKind, type PartOfKind } from "../parts/part_kind.ts";
import { changeOfLines, LINES_UNDO } from "../undo/lines.ts";
import type { OwnFileParams } from "./own_file.ts";
import { applyOwn, refusesOwn } from "./own_file_apply.ts";
import {
  checkOwn,
  type OwnFileEdit,
  type OwnFileMemory,
  type OwnFilePlan,
} from "./own_file_check.ts";

type Changed = "memory" | "check" | "refuses" | "apply" | "watch";

type OwnFileKind<Params extends OwnFileParams> =
  & Omit<PartOfKind<Params>, Changed | "undo">
  & Pick<Kind<unknown, Params, OwnFilePlan, OwnFileMemory>, Changed>
  & { readonly undo: KindUndo<Params, OwnFilePlan, OwnFileMemory> };

/** The common part of a kind. */
export function ownFileKind<Params extends OwnFileParams>(
  how: OwnFileEdit<Params>,
): OwnFileKind<Params> {
  return {
    ...partKind(how.edit),
    remains,
    memory: () => ({}),
    check: checkOwn(how),
    refuses: refusesOwn,
    apply: applyOwn(how),
    undo: { ...LINES_UNDO, made },
    watch,
  };
}

/** What may stand in a home that is elsewhere is not taken for gone because it is not in the usual place. */
function remains({ absent, path, below }: OwnFileParams): Remains | undefined {
  if (absent) return undefined;
  return below === undefined ? { at: "inside", path } : { at: "elsewhere" };
}

async function made(
  memory: OwnFileMemory,
  context: WorkContext,
): Promise<Result<readonly ThingChange[]>> {
  const { written, around = [] } = memory;
  delete memory.written;
  delete memory.around;
  if (written === undefined) return ok(around);
  const lines = await changeOfLines(written.path, written.seen, written.content, context);
  return lines.ok ? ok([...around, ...lines.value]) : lines;
}

function watch(
  { path: likely, below }: OwnFileParams,
  context: WatchContext<OwnFileMemory>,
): Watch {
  const { host: { watcher }, changed, memory } = context;
  const accounts = below === undefined
    ? undefined
    : watcher.watch({ path: USERS, tree: false, changed });
  const linked = memory.linked = new LinkedFiles(context);
  let at = "";
  let watches: readonly Watch[] = [];
  const closeFiles = () => watches.forEach((each) => each.close());
  const follow = (path: string) => {
    if (path === at) return;
    closeFiles();
    const isFirst = at === "";
    at = path;
    const paths = below === undefined ? [path] : [path, parentOf(path)];
    watches = paths.map((each) => watcher.watch({ path: each, tree: false, changed }));
    // It may have changed before it was heard of.
    if (!isFirst) changed({ source: "file", path, what: "is where the home is" });
  };
  follow(likely);
  memory.follow = follow;
  return {
    close: () => {
      delete memory.follow;
      delete memory.linked;
      linked.close();
      accounts?.close();
      closeFiles();
    },
  };
}
