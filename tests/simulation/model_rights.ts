/**
 * Users and roles of a modelled etcd, and what it refuses by them.
 *
 * @module
 */

import { fail, failure, ok, type Result } from "../../src/base/result.ts";
import type { StoreCall } from "../../src/cluster/agent/calls.ts";
import { type KeyRange, keyRange } from "../../src/cluster/store/keys.ts";
import {
  type Access,
  type Grant,
  isGranted,
  type RightsChange,
  type RightsState,
} from "../../src/cluster/store/rights.ts";
import type { LeaseId, StoreOperation } from "../../src/cluster/store/store.ts";

/** Who may do everything. */
export const ROOT = "root";

/** What has to be allowed for a call. */
export interface Need {
  readonly range: KeyRange;
  readonly access: Exclude<Access, "both">;
}

/** What only root does. */
const ADMINISTERS = new Set<StoreCall["type"]>([
  ...["add", "promote", "remove", "update"] as const,
  ...["compact", "defragment", "disarm"] as const,
  ...["rights-standing", "rights", "change-rights"] as const,
]);

/** The keys of a lease that is named in a call have to be writable, too. */
export function leasesOf(call: StoreCall): readonly LeaseId[] {
  if (call.type === "keep" || call.type === "revoke") return [call.lease];
  if (call.type !== "transact") return [];
  const { then, otherwise = [] } = call.transaction;
  return [...then, ...otherwise].flatMap((each) =>
    each.type === "put" && each.lease !== undefined ? [each.lease] : []
  );
}

/** All that has to be allowed for it, whichever branch is taken; undefined: only root may. */
export function needsOf(call: StoreCall): readonly Need[] | undefined {
  if (ADMINISTERS.has(call.type)) return undefined;
  if (call.type === "list") return [{ range: call.range, access: "read" }];
  if (call.type !== "transact") return [];
  const { when, then, otherwise = [] } = call.transaction;
  return [
    ...when.map(({ key }) => ({ range: keyRange(key), access: "read" } as const)),
    ...[...then, ...otherwise].map(needOf),
  ];
}

function needOf(operation: StoreOperation): Need {
  const range = operation.type === "deleteRange" ? operation.range : keyRange(operation.key);
  return { range, access: operation.type === "get" ? "read" : "write" };
}

/** Users and roles. */
export class ModelRights {
  enabled = false;
  #revision = 1;
  readonly users = new Map<string, readonly string[]>();
  readonly roles = new Map<string, readonly Grant[]>();

  get state(): RightsState {
    const { enabled } = this;
    return {
      enabled,
      revision: this.#revision,
      users: new Map(this.users),
      roles: new Map(this.roles),
    };
  }

  /** Why that user may not; `keysOf`: those of a lease. */
  refuses(
    user: string,
    call: StoreCall,
    keysOf: (lease: LeaseId) => readonly string[],
  ): Result<never> | undefined {
    if (!this.enabled || this.#isRoot(user)) return undefined;
    const needs = needsOf(call);
    const attached = leasesOf(call).flatMap(keysOf).map((
      key,
    ) => ({ range: keyRange(key), access: "write" } as const));
    const isAllowed = needs !== undefined &&
      [...needs, ...attached].every((need) => this.allows(user, need));
    return isAllowed ? undefined : denied();
  }

  /** Whether that user may. */
  allows(user: string, { range, access }: Need): boolean {
    if (!this.enabled || this.#isRoot(user)) return true;
    const roles = this.users.get(user) ?? [];
    return isGranted(roles.flatMap((role) => this.roles.get(role) ?? []), range, access);
  }

  #isRoot(user: string): boolean {
    return this.users.get(user)?.includes(ROOT) === true;
  }

  /** Makes a change, as etcd's calls do. */
  change(change: RightsChange): Result<void> {
    if (change.type === "enable") {
      if (!this.#isRoot(ROOT)) return fail("there is no root", { code: "refused" });
      this.enabled = true;
      return ok(undefined);
    }
    const problem = this.#make(change);
    if (problem !== undefined) return problem;
    return ok(undefined);
  }

  #make(change: Exclude<RightsChange, { readonly type: "enable" }>): Result<never> | undefined {
    const { users, roles } = this;
    switch (change.type) {
      case "add-user":
        if (users.has(change.user)) return undefined;
        users.set(change.user, []);
        break;
      case "delete-user":
        if (this.enabled && change.user === ROOT) return fail("root stays", { code: "refused" });
        if (!users.delete(change.user)) return undefined;
        break;
      case "give-role":
      case "take-role": {
        const { user, role, type } = change;
        const has = users.get(user);
        if (has === undefined || role !== ROOT && !roles.has(role)) {
          return fail(`there is no ${has === undefined ? user : role}`, { code: "refused" });
        }
        if (has.includes(role) === (type === "give-role")) return undefined;
        users.set(user, type === "give-role" ? [...has, role] : has.filter((one) => one !== role));
        break;
      }
      case "add-role":
        if (roles.has(change.role)) return undefined;
        roles.set(change.role, []);
        break;
      case "delete-role":
        if (!roles.delete(change.role)) return undefined;
        for (const [user, own] of users) users.set(user, own.filter((one) => one !== change.role));
        break;
      case "grant":
      case "revoke": {
        const range = change.type === "grant" ? change.grant : change.range;
        const grants = roles.get(change.role);
        if (grants === undefined) {
          return fail(`there is no role ${change.role}`, { code: "refused" });
        }
        const others = grants.filter(({ from, to }) => from !== range.from || to !== range.to);
        roles.set(change.role, change.type === "grant" ? [...others, change.grant] : others);
        break;
      }
    }
    this.#revision++;
    return undefined;
  }
}

/** What who has no right to it hears. */
export function denied(): Extract<Result<never>, { readonly ok: false }> {
  const why = failure("permission denied", { code: "permission-denied" });
  return { ok: false, failure: why };
}
