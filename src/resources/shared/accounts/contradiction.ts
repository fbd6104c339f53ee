/**
 * Users and groups that say different things of who is in which group.
 *
 * @module
 */

import type { Decision } from "../../../kind/kind.ts";

/** What a user's parameters say of it. */
export interface UserMembership {
  readonly name: string;
  readonly absent: boolean;
  readonly groups?: readonly string[];
  /** Others may be there, too. */
  readonly append: boolean;
}

/** What a group's parameters say of it. */
export interface GroupMembership {
  readonly name: string;
  readonly absent: boolean;
  readonly members?: readonly string[];
  /** Others may be there, too. */
  readonly append: boolean;
}

/** What a user decides of groups. */
export function decidedByUser({ name, absent, groups }: UserMembership): readonly Decision[] {
  if (absent || groups === undefined) return [];
  return [part(groupsOf(name)), ...groups.map((group) => part(membersOf(group)))];
}

/** What a group decides of its members. */
export function decidedByGroup({ name, absent, members }: GroupMembership): readonly Decision[] {
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
export function membershipContradiction(
  user: UserMembership,
  group: GroupMembership,
): string | undefined {
  const { groups, append: more } = user;
  const { members, append: moreMembers } = group;
  if (groups === undefined || members === undefined) return undefined;
  const byUser = groups.includes(group.name);
  const byGroup = members.includes(user.name);
  if (byUser && !byGroup && !moreMembers) return `members of the group leaves ${user.name} out`;
  if (byGroup && !byUser && !more) return `groups of the user leaves ${group.name} out`;
  return undefined;
}
