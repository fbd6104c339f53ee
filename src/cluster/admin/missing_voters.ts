/**
 * Which voters are missing where a majority does not answer.
 *
 * @module
 */

import type { ClusterMember } from "../agent/news.ts";
import { hostOfMember } from "../store/keys.ts";
import type { Member } from "../store/store.ts";
import { quorum } from "../leader/view.ts";

/** What is known of a member, perhaps from long ago. */
export type KnownMember = Pick<Member, "id" | "name" | "clientUrls" | "learner">;

/** Voters that do not answer, so that a majority is missing. */
export interface MissingVoters {
  readonly missing: readonly ClusterMember[];
  readonly voters: number;
  readonly needed: number;
}

/** Who is missing; undefined: by what is known a majority is there. */
export function missingVoters(
  members: readonly KnownMember[],
  isThere: (member: KnownMember) => boolean,
): MissingVoters | undefined {
  const voters = members.filter(({ learner }) => !learner);
  const away = voters.filter((voter) => !isThere(voter));
  const needed = quorum(voters.length);
  if (voters.length === 0 || voters.length - away.length >= needed) return undefined;
  const missing = away.map(({ name, ...each }) => ({ ...each, host: hostOfMember(name) ?? name }));
  return { missing, voters: voters.length, needed };
}

/** The members of which one's etcd answers now. */
export async function whoAnswers(
  members: readonly KnownMember[],
  asks: (clientUrl: string) => Promise<string | undefined>,
): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  await Promise.all(members.map(async ({ id, clientUrls: [clientUrl] }) => {
    if (clientUrl !== undefined && await asks(clientUrl) === id) there.add(id);
  }));
  return there;
}
