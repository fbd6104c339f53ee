/**
 * Users and roles of etcd, as the store of the cluster has them.
 *
 * @module
 */

import type * as protocol from "etcd3";
import { fail, ok, type Result } from "../../base/result.ts";
import type { Access, Grant, RightsChange, RightsState } from "../../cluster/store/rights.ts";
import type { CallOptions, RightsStanding } from "../../cluster/store/store.ts";
import type { EtcdPool } from "./pool.ts";
import { bytes, text } from "./values.ts";

/** Users and roles that are asked for at a time. */
const TOGETHER = 16;
/** Readings during which something changed, before that is the answer. */
const MOST_READINGS = 3;

/** What etcd says where it is as wanted already. */
const DONE_ALREADY: Partial<Record<RightsChange["type"], string>> = {
  "add-user": "user name already exists",
  "delete-user": "user name not found",
  "take-role": "role is not granted to the user",
  "add-role": "role name already exists",
  "delete-role": "role name not found",
  "revoke": "permission is not granted to the role",
};

/** By its number: a name that etcd3's protocol spells in another way would count as the first. */
const ACCESS: readonly Access[] = ["read", "write", "both"];
const ACCESS_NAMES = ["Read", "Write", "Readwrite"];

/** etcd3's types lack what is not of its own interface. */
interface StandingAnswer {
  readonly enabled: boolean;
  readonly authRevision: string;
}

/** Asks whether rights are in force. */
export async function rightsStanding(
  pool: EtcdPool,
  options: CallOptions,
): Promise<Result<RightsStanding>> {
  const answer = await ask<StandingAnswer>(pool, "authStatus", {}, options);
  if (!answer.ok) return answer;
  const { enabled, authRevision } = answer.value;
  return ok({ enabled, revision: Number(authRevision) });
}

/** Reads all users and roles; once more where one has changed meanwhile. */
export async function readRights(
  pool: EtcdPool,
  options: CallOptions,
): Promise<Result<RightsState>> {
  for (let count = 0; count < MOST_READINGS; count++) {
    const before = await rightsStanding(pool, options);
    if (!before.ok) return before;
    const names = await ask<protocol.IAuthUserListResponse>(pool, "userList", {}, options);
    if (!names.ok) return names;
    const roleNames = await ask<protocol.IAuthRoleListResponse>(pool, "roleList", {}, options);
    if (!roleNames.ok) return roleNames;
    const users = await each(names.value.users, async (name) => {
      const user = await ask<protocol.IAuthUserGetResponse>(pool, "userGet", { name }, options);
      return user.ok ? ok(user.value.roles) : user;
    });
    const roles = await each(roleNames.value.roles, async (role) => {
      const found = await ask<protocol.IAuthRoleGetResponse>(pool, "roleGet", { role }, options);
      return found.ok ? ok(found.value.perm.map(grantOf)) : found;
    });
    const after = await rightsStanding(pool, options);
    if (!after.ok) return after;
    if (after.value.revision !== before.value.revision) continue;
    if (!users.ok) return users;
    if (!roles.ok) return roles;
    return ok({ ...after.value, users: users.value, roles: roles.value });
  }
  return fail("users and roles changed while they were read", { code: "rights-changing" });
}

/** Makes one change, or finds it made. */
export async function changeRights(
  pool: EtcdPool,
  change: RightsChange,
  options: CallOptions,
): Promise<Result<void>> {
  const [method, request] = requestOf(change);
  const answer = await ask<unknown>(pool, method, request, options);
  if (answer.ok) return ok(undefined);
  const already = DONE_ALREADY[change.type];
  const isSo = already !== undefined && answer.failure.message.includes(already);
  return isSo ? ok(undefined) : answer;
}

function requestOf(change: RightsChange): readonly [method: string, request: object] {
  switch (change.type) {
    case "enable":
      return ["authEnable", {}];
    case "add-user":
      // Who it is, is said by certificates.
      return ["userAdd", { name: change.user, options: { no_password: true } }];
    case "delete-user":
      return ["userDelete", { name: change.user }];
    case "give-role":
      return ["userGrantRole", { user: change.user, role: change.role }];
    case "take-role":
      return ["userRevokeRole", { name: change.user, role: change.role }];
    case "add-role":
      return ["roleAdd", { name: change.role }];
    case "delete-role":
      return ["roleDelete", { role: change.role }];
    case "grant": {
      const { from, to, access } = change.grant;
      const permType = ACCESS.indexOf(access);
      const perm = { permType, key: bytes(from), range_end: bytes(to) };
      return ["roleGrantPermission", { name: change.role, perm }];
    }
    case "revoke": {
      const { from, to } = change.range;
      return ["roleRevokePermission", {
        role: change.role,
        key: bytes(from),
        range_end: bytes(to),
      }];
    }
  }
}

function grantOf({ permType, key, range_end }: protocol.IPermission): Grant {
  const access = ACCESS[Math.max(ACCESS_NAMES.indexOf(String(permType)), Number(permType) || 0)];
  const from = text(key);
  // A single key, as people grant it.
  const to = range_end.length === 0 ? `${from}\0` : text(range_end);
  return { from, to, access: access ?? "both" };
}

async function each<T>(
  names: readonly string[],
  askFor: (name: string) => Promise<Result<T>>,
): Promise<Result<ReadonlyMap<string, T>>> {
  const found = new Map<string, T>();
  for (let begin = 0; begin < names.length; begin += TOGETHER) {
    const some = names.slice(begin, begin + TOGETHER);
    const answers = await Promise.all(some.map(askFor));
    for (const [index, answer] of answers.entries()) {
      if (!answer.ok) return answer;
      found.set(some[index]!, answer.value);
    }
  }
  return ok(found);
}

function ask<T>(
  pool: EtcdPool,
  method: string,
  request: object,
  options: CallOptions,
): Promise<Result<T>> {
  const reads = /^(authStatus|.*(List|Get))$/.test(method);
  const what = reads ? "read the rights" : "change the rights";
  return pool.ask<T>({ what, service: "Auth", method, request, reads }, options);
}
