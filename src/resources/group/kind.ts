/**
 * The kind `group`: groups of the host, in its own files.
 *
 * @module
 */

import { chain } from "../../base/chain.ts";
import { defineKind, drift } from "../../kind/kind.ts";
import {
  decidedByGroup,
  membershipContradiction,
  type UserMembership,
} from "../shared/accounts/contradiction.ts";
import { DATABASE_CLAIMS, watchAccounts } from "../shared/accounts/databases.ts";
import { accountRefusal } from "../shared/accounts/refusal.ts";
import { inTurn, runTool } from "../shared/accounts/tools.ts";
import { GROUP_FIELDS } from "./fields.ts";
import type { GroupFields } from "./fields.ts";
import { findGroupChange, type GroupChange } from "./check.ts";
import { resolveGroup } from "./params.ts";
import type { GroupParams } from "./params.ts";
import { GROUP_UNDO } from "./undo.ts";

/** A group of the host. */
export default defineKind<GroupFields, GroupParams, GroupChange, undefined>({
  kind: "group",
  summary: "a group of the host, in /etc/group and what belongs to it",
  fields: GROUP_FIELDS,
  examples: [`graph: groups
resources:
  group:
  - name: mgmt-staff
    gid: 40100
    members: [daemon, games]
  - name: mgmt-helpers
    system: true
    members: [daemon]
    append: true
  - name: mgmt-gone
    state: absent
`],
  resolve: resolveGroup,
  identity: ({ name }) => name,
  remains: ({ name, absent }) => absent ? undefined : { at: "group", name },
  claims: ({ name, absent }) => absent ? DATABASE_CLAIMS : [`group:${name}`, ...DATABASE_CLAIMS],
  expects: () => [],
  relations: ({ name, gid, absent, members = [] }) => ({
    provides: [`group:${name}`, ...(gid === undefined ? [] : [`group:${gid}` as const])],
    needs: members.map((member) => `user:${member}` as const),
    removes: absent,
  }),
  controls: decidedByGroup,
  contradicts: (params, other) =>
    other.kind === "user"
      ? membershipContradiction(other.params as UserMembership, params)
      : undefined,
  memory: () => undefined,
  check: (params, context) =>
    chain(findGroupChange(params, context), (found) => {
      if (!found.ok) return found.failure;
      return found.value && drift(found.value.reason, found.value);
    }),
  refuses: ({ calls }, { name }, context) =>
    accountRefusal(
      `change the group ${name}`,
      calls.map(({ argv: [program] }) => program),
      context,
    ),
  apply: (_plan, params, context) =>
    inTurn(`change the group ${params.name}`, context, async () => {
      // Another resource may have had its turn since the check.
      const found = await findGroupChange(params, context);
      if (!found.ok) return found.failure;
      for (const call of found.value?.calls ?? []) {
        const problem = await runTool(call, context);
        if (problem !== undefined) return problem;
      }
      const { warning } = found.value ?? {};
      if (warning !== undefined) context.warn(warning);
      return undefined;
    }),
  undo: GROUP_UNDO,
  watch: (_params, context) => watchAccounts(context),
  heals: true,
  changesHost: true,
  preview: "full",
});
