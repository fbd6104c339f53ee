/**
 * How changes of a group are taken back.
 *
 * @module
 */

import { chainOk } from "../../base/chain.ts";
import { type Awaitable, ok, type Result } from "../../base/result.ts";
import type { KindUndo, ThingState, TouchedThing } from "../../kind/undo.ts";
import type { WorkContext } from "../../kind/work_context.ts";
import { readAccounts } from "../shared/accounts/databases.ts";
import { type AccountCall, inTurn, runTool } from "../shared/accounts/tools.ts";
import type { GroupChange } from "./check.ts";
import type { GroupParams } from "./params.ts";

/** What a group is called. */
const GROUP = "group";

/** The number and the members of a group, and whether there is one. */
export const GROUP_UNDO: KindUndo<GroupParams, GroupChange, undefined> = {
  touches: (_plan, { name }, context) =>
    chainOk(
      lookAtGroup({ is: GROUP, name }, context),
      (before) => ok([{ is: GROUP, name, before }]),
    ),
  look: (thing, _fields, context) => lookAtGroup(thing, context),
  restore: ({ name }, wanted, context) =>
    inTurn(`change the group ${name}`, context, async () => {
      for (const call of callsFor(name, wanted, await isThere(name, context))) {
        const problem = await runTool(call, context);
        if (problem !== undefined) return problem;
      }
      return undefined;
    }),
};

function lookAtGroup(
  { name }: TouchedThing,
  context: WorkContext,
): Awaitable<Result<ThingState>> {
  return chainOk(readAccounts(context), ({ groups }) => {
    const entry = groups.get(name);
    const state: ThingState = entry === undefined
      ? { type: "absent" }
      : { type: GROUP, gid: entry.gid, members: [...new Set(entry.members)].sort().join(",") };
    return ok(state);
  });
}

async function isThere(name: string, context: WorkContext): Promise<boolean> {
  const accounts = await readAccounts(context);
  return accounts.ok && accounts.value.groups.has(name);
}

function callsFor(name: string, wanted: ThingState, isThere: boolean): readonly AccountCall[] {
  const { type, gid, members } = wanted;
  if (type === "absent") return isThere ? [{ argv: ["groupdel", "--", name] }] : [];
  const number = gid === undefined ? [] : ["--gid", String(gid)];
  const made: readonly AccountCall[] = !isThere
    ? [{ argv: ["groupadd", ...number, "--", name] }]
    : gid === undefined
    ? []
    : [{ argv: ["groupmod", ...number, "--", name] }];
  if (members === undefined || (!isThere && members === "")) return made;
  return [...made, { argv: ["gpasswd", "--members", String(members), name] }];
}
