/**
 * Which users and roles there are to be, by who is bound to which name, and the next change towards
 * that. Pure: whoever leads compares what is there with what is to be, so it does not matter who did
 * the last step, or whether anybody knows that it was done.
 *
 * What is taken away comes before what is given: no two ever have the rights on one name. A user gets
 * its roles when these are complete, so that nobody works with half of its rights.
 *
 * @module
 */

import { joinUser } from "../../trust/profiles.ts";
import type { KeyRange } from "../store/keys.ts";
import { bindingKey, parseKey } from "../store/keys.ts";
import { read } from "../store/records.ts";
import {
  commonGrants,
  type Grant,
  hostRole,
  HOSTS_ROLE,
  joinGrants,
  operatorGrants,
  OPERATORS_ROLE,
  ownGrants,
  type RightsChange,
  type RightsState,
  ROOT_USER,
} from "../store/rights.ts";
import type { StoreEntry } from "../store/store.ts";

/** What there is to be beside root. */
export type WantedRights = Pick<RightsState, "users" | "roles">;

/** The rights of all hosts that are bound to a name, of tokens, and of operators; who has the server role is root. */
export function wantedRights(entries: readonly StoreEntry[]): WantedRights {
  const users = new Map<string, readonly string[]>();
  const roles = new Map([[HOSTS_ROLE, commonGrants()]]);
  // Of two names of one identity the first counts.
  for (const { key, value } of entries.toSorted(byAge)) {
    const parsed = parseKey(key);
    const record = parsed?.type === "binding" ? read.binding(value) : undefined;
    if (parsed?.type !== "binding" || record?.role !== "host" || users.has(record.id)) continue;
    const own = hostRole(record.id);
    users.set(record.id, [own, HOSTS_ROLE]);
    roles.set(own, ownGrants(parsed.host));
  }
  for (const { key, value } of entries) {
    const parsed = parseKey(key);
    if (parsed?.type === "token" && read.token(value) !== undefined) {
      const user = joinUser(parsed.id);
      users.set(user, [user]);
      roles.set(user, joinGrants(parsed.id));
    }
    const operator = parsed?.type === "operator" ? read.operator(value) : undefined;
    if (operator === undefined) continue;
    users.set(operator.user, [OPERATORS_ROLE]);
    roles.set(OPERATORS_ROLE, operatorGrants());
  }
  return { users, roles };
}

/** Who has left, and gives its name back with the rights on it; or has nothing to give back any more. */
export interface Leaver {
  readonly host: string;
  /** Of its word. */
  readonly revision: number;
  /** Of the binding that goes with it; 0: there is none, or it is another's by now. */
  readonly bound: number;
}

/** Finds those. */
export function leaversIn(entries: readonly StoreEntry[]): readonly Leaver[] {
  return entries.flatMap(({ key, value, modRevision: revision }) => {
    const parsed = parseKey(key);
    if (parsed?.type !== "left") return [];
    const { host } = parsed;
    const binding = entries.find((entry) => entry.key === bindingKey(host));
    const isOurs = binding !== undefined &&
      read.binding(binding.value)?.id === read.left(value)?.id;
    return [{ host, revision, bound: isOurs ? binding.modRevision : 0 }];
  });
}

function byAge(one: StoreEntry, other: StoreEntry): number {
  return one.createRevision - other.createRevision;
}

/** The next step until rights are in force; undefined: they are. */
export function nextEnabling({ enabled, users }: RightsState): RightsChange | undefined {
  if (enabled) return undefined;
  const roles = users.get(ROOT_USER);
  if (roles === undefined) return { type: "add-user", user: ROOT_USER };
  if (!roles.includes(ROOT_USER)) return { type: "give-role", user: ROOT_USER, role: ROOT_USER };
  return { type: "enable" };
}

/** The next change; undefined: all is as it is to be. */
export function nextChange(there: RightsState, wanted: WantedRights): RightsChange | undefined {
  return nextEnabling(there) ?? nextTaking(there, wanted) ?? nextGiving(there, wanted);
}

/** The same where hosts are there already, none of which is to be refused anything for a moment. */
export function nextChangeBefore(
  there: RightsState,
  wanted: WantedRights,
): RightsChange | undefined {
  return nextTaking(there, wanted) ?? nextGiving(there, wanted) ?? nextEnabling(there);
}

function nextTaking(there: RightsState, wanted: WantedRights): RightsChange | undefined {
  for (const [user, roles] of there.users) {
    if (user === ROOT_USER) continue;
    const kept = wanted.users.get(user);
    if (kept === undefined) return { type: "delete-user", user };
    const role = roles.find((each) => !kept.includes(each));
    if (role !== undefined) return { type: "take-role", user, role };
  }
  for (const [role, grants] of there.roles) {
    if (role === ROOT_USER) continue;
    const kept = wanted.roles.get(role);
    if (kept === undefined) return { type: "delete-role", role };
    const grant = grants.find((each) => !kept.some((other) => isSameRange(each, other)));
    if (grant !== undefined) return { type: "revoke", role, range: rangeOf(grant) };
  }
  return undefined;
}

function nextGiving(there: RightsState, wanted: WantedRights): RightsChange | undefined {
  for (const [role, grants] of wanted.roles) {
    const given = there.roles.get(role);
    if (given === undefined) return { type: "add-role", role };
    const grant = grants.find((each) =>
      !given.some((other) => isSameRange(each, other) && each.access === other.access)
    );
    if (grant !== undefined) return { type: "grant", role, grant };
  }
  for (const [user, roles] of wanted.users) {
    const given = there.users.get(user);
    if (given === undefined) return { type: "add-user", user };
    const role = roles.find((each) => !given.includes(each));
    if (role !== undefined) return { type: "give-role", user, role };
  }
  return undefined;
}

function isSameRange(one: KeyRange, other: KeyRange): boolean {
  return one.from === other.from && one.to === other.to;
}

function rangeOf({ from, to }: KeyRange): KeyRange {
  return { from, to };
}

/** What is there after a change. */
export function afterChange(there: RightsState, change: RightsChange): RightsState {
  if (change.type === "enable") return { ...there, enabled: true };
  const users = new Map(there.users);
  const roles = new Map(there.roles);
  switch (change.type) {
    case "add-user":
      users.set(change.user, []);
      break;
    case "delete-user":
      users.delete(change.user);
      break;
    case "give-role":
    case "take-role": {
      const { user, role, type } = change;
      const others = (users.get(user) ?? []).filter((each) => each !== role);
      users.set(user, type === "give-role" ? [...others, role] : others);
      break;
    }
    case "add-role":
      roles.set(change.role, []);
      break;
    case "delete-role":
      roles.delete(change.role);
      for (const [user, own] of users) users.set(user, own.filter((each) => each !== change.role));
      break;
    case "grant":
    case "revoke": {
      const range = change.type === "grant" ? change.grant : change.range;
      const others = (roles.get(change.role) ?? []).filter((each) => !isSameRange(each, range));
      const grants: readonly Grant[] = change.type === "grant" ? [...others, change.grant] : others;
      roles.set(change.role, grants);
      break;
    }
  }
  return { ...there, users, roles, revision: there.revision + 1 };
}
