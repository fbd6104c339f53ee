/**
 * How changes of a user are taken back. Of a password the journal has a sum; what stood in /etc/shadow
 * is kept as a copy, which only the agent's user can read.
 *
 * @module
 */

import { type Failure, failure, ok, type Result } from "../../base/result.ts";
import type { KindUndo, ThingBefore, ThingState, TouchedThing } from "../../kind/undo.ts";
import type { WorkContext } from "../../kind/work_context.ts";
import { readAccounts, readShadow } from "../shared/accounts/databases.ts";
import { inTurn, runTool } from "../shared/accounts/tools.ts";
import { readKept } from "../shared/undo/kept.ts";
import { AGE_FIELDS, ageArguments, agesAsState } from "./ages.ts";
import { setAges, setPassword } from "./apply.ts";
import type { UserChange } from "./check.ts";
import type { UserParams } from "./params.ts";

/** What a user is called. */
const USER = "user";

/** Options of useradd and usermod by the fields of a state. */
const OPTIONS: Readonly<Record<string, string>> = {
  uid: "--uid",
  gid: "--gid",
  comment: "--comment",
  home: "--home",
  shell: "--shell",
  groups: "--groups",
};

/** The fields of an account, and whether there is one. */
export const USER_UNDO: KindUndo<UserParams, UserChange, undefined> = {
  touches: async (change, { name }, context) => {
    const isSecret = change.do === "remove" || change.password !== undefined ||
      change.args.some((arg) => arg === "--lock" || arg === "--unlock");
    const isAged = change.do === "remove" || change.ages !== undefined;
    const state = await lookAtUser({ is: USER, name }, { isSecret, isAged }, context);
    if (!state.ok) return state;
    if (isSecret) await keepPassword(name, context);
    const lacks = lacksOf(change, name);
    const thing: ThingBefore = { is: USER, name, before: state.value };
    return ok([lacks === undefined ? thing : { ...thing, lacks }]);
  },
  look: (thing, fields, context) =>
    lookAtUser(thing, {
      isSecret: fields === undefined || fields.has("password"),
      isAged: fields === undefined || Object.keys(AGE_FIELDS).some((field) => fields.has(field)),
    }, context),
  foresees: async ({ name }, { password }, context) => {
    if (password === undefined || password === "") return undefined;
    const kept = await context.host.files.kept(String(password), context.signal);
    return kept.ok ? undefined : failure(`the password of ${name} is not kept any more`, {
      code: "no-copy",
    });
  },
  restore: ({ name }, wanted, context) =>
    inTurn(`change the user ${name}`, context, () => restoreUser(name, wanted, context)),
};

function lacksOf({ do: does, args, home }: UserChange, name: string): string | undefined {
  if (does === "remove" && args.includes("--remove")) {
    return `the home directory of ${name} was removed, and no copy of it is kept`;
  }
  const isMade = args.includes("--create-home") || home !== undefined;
  return isMade ? `the home directory of ${name} stays` : undefined;
}

async function lookAtUser(
  { name }: TouchedThing,
  { isSecret, isAged }: { readonly isSecret: boolean; readonly isAged: boolean },
  context: WorkContext,
): Promise<Result<ThingState>> {
  const accounts = await readAccounts(context);
  if (!accounts.ok) return accounts;
  const { users, groups } = accounts.value;
  const entry = users.get(name);
  if (entry === undefined) return ok({ type: "absent" });
  const { uid, gid, comment, home, shell } = entry;
  const own = [...groups.values()].find((group) => group.gid === gid)?.name ?? "";
  const others = [...groups.values()].filter(({ members }) => members.includes(name))
    .map((group) => group.name).sort();
  const shadow = isAged ? await readShadow(context) : undefined;
  const ages = shadow?.ok ? shadow.value.get(name)?.ages : undefined;
  const state = {
    type: USER,
    uid,
    gid,
    group: own,
    comment,
    home,
    shell,
    groups: others.join(","),
    ...(ages === undefined ? {} : agesAsState(ages)),
  };
  if (!isSecret) return ok(state);
  const hash = await hashOf(name, context);
  const sum = hash === undefined ? ok("") : await context.host.files.sum(encoded(hash));
  return sum.ok ? ok({ ...state, password: sum.value }) : sum;
}

/** What stands in /etc/shadow for a user, as far as that may be read. */
async function hashOf(name: string, context: WorkContext): Promise<string | undefined> {
  const shadow = await readShadow(context);
  return shadow.ok ? shadow.value.get(name)?.password : undefined;
}

async function keepPassword(name: string, context: WorkContext): Promise<void> {
  const hash = await hashOf(name, context);
  const kept = hash === undefined
    ? ok("")
    : context.host.files.keep(`the password of ${name}`, encoded(hash));
  if (!kept.ok) context.warn(kept.failure.message);
}

async function restoreUser(
  name: string,
  wanted: ThingState,
  context: WorkContext,
): Promise<Failure | undefined> {
  const accounts = await readAccounts(context);
  if (!accounts.ok) return accounts.failure;
  const entry = accounts.value.users.get(name);
  await keepPassword(name, context);
  if (wanted["type"] === "absent") {
    return entry && await runTool({ argv: ["userdel", "--", name] }, context);
  }
  const { gid, group } = wanted;
  const hasGroup = gid === undefined ||
    [...accounts.value.groups.values()].some((each) => each.gid === gid);
  if (!hasGroup && typeof group === "string" && group !== "") {
    const argv = ["groupadd", "--gid", String(gid), "--", group] as const;
    const problem = await runTool({ argv }, context);
    if (problem !== undefined) return problem;
  }
  const args = Object.entries(OPTIONS).flatMap(([field, option]) =>
    wanted[field] === undefined ? [] : [option, String(wanted[field])]
  );
  const moves = entry !== undefined && await isMoved(entry.home, wanted["home"], context)
    ? ["--move-home"]
    : [];
  const argv = entry === undefined
    ? ["useradd", ...args, "--no-create-home", "--", name] as const
    : ["usermod", ...args, ...moves, "--", name] as const;
  const problem = args.length === 0
    ? undefined
    : await runTool({ argv, long: moves.length > 0 }, context);
  if (problem !== undefined) return problem;
  const ages = ageArguments(wanted);
  const unset = ages.length === 0 ? undefined : await setAges(name, ages, context);
  if (unset !== undefined) return unset;
  const { password } = wanted;
  return typeof password === "string" && password !== ""
    ? await restorePassword(name, password, context)
    : undefined;
}

/** Whether a home directory is where it should not be, and nothing is where it should. */
async function isMoved(
  from: string,
  to: ThingState[string] | undefined,
  { host: { files } }: WorkContext,
): Promise<boolean> {
  if (typeof to !== "string" || to === from) return false;
  const [there, free] = [await files.look(from), await files.look(to)];
  return there.ok && there.value.type === "directory" && free.ok && free.value.type === "absent";
}

async function restorePassword(
  name: string,
  sum: string,
  context: WorkContext,
): Promise<Failure | undefined> {
  const kept = await readKept(sum, context);
  return kept.ok
    ? await setPassword(name, new TextDecoder().decode(kept.value), context)
    : kept.failure;
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
