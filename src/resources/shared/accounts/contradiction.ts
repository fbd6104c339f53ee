/**
 * Users and groups that say different things of who is in which group.
 *
 * @module
 */

import type { Decision } from "../../../kind/kind.ts";
import type { GroupParams } from "../../group/params.ts";
import type { UserParams } from "../../user/params.ts";

/** What a user decides of groups. */
export function decidedByUser({ name, absent, groups }: UserParams): readonly Decision[] {
  if (absent || groups === undefined) return [];
  return [part(groupsOf(name)), ...groups.map((group) => part(membersOf(group)))];
}

/** What a group decides of its members. */
export function decidedByGroup({ name, absent, members }: GroupParams): readonly Decision[] {
  if (absent || members === undefined) return [];
  return [part(membersOf(name)), ...members.map((member) => part(groupsOf(member)))];
}

function groupsOf(user: string): string {
  return `the groups of user ${user}`;
}

function membersOf(group: string): string {
  return `the members of group ${group}`;
}

function part(subject: string): Decision {
  return { subject, part: true };
}

/** Why a user and a group cannot both be as they should. */
export function membershipContradiction(user: UserParams, group: GroupParams): string | undefined {
  const { groups, append: more } = user;
  const { members, append: moreMembers } = group;
  if (groups === undefined || members === undefined) return undefined;
  const byUser = groups.includes(group.name);
  const byGroup = members.includes(user.name);
  if (byUser && !byGroup && !moreMembers) return `members of the group leaves ${user.name} out`;
  if (byGroup && !byUser && !more) return `groups of the user leaves ${group.name} out`;
  return undefined;
}
