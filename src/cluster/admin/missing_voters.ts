/**
 * Which voters are missing where a majority does not answer, in words.
 *
 * @module
 */

import { hostOfMember } from "../store/keys.ts";
import type { Member } from "../store/store.ts";
import { quorum } from "../leader/view.ts";

/** Members that one text names. */
const MOST_NAMED = 5;

/** What is known of a member, perhaps from long ago. */
export type KnownMember = Pick<Member, "id" | "name" | "clientUrls" | "learner">;

/** Says who is missing; undefined: by what is known a majority is there. */
export function missingVoters(
  members: readonly KnownMember[],
  isThere: (member: KnownMember) => boolean,
): string | undefined {
  const voters = members.filter(({ learner }) => !learner);
  const away = voters.filter((voter) => !isThere(voter));
  const needed = quorum(voters.length);
  if (voters.length === 0 || voters.length - away.length >= needed) return undefined;
  const names = away.slice(0, MOST_NAMED).map(({ id, name, clientUrls }) =>
    name === ""
      ? `${id}, which was added by hand and has never started`
      : `${hostOfMember(name) ?? name}${clientUrls[0] === undefined ? "" : ` at ${clientUrls[0]}`}`
  );
  const more = away.length > names.length ? ` and ${away.length - names.length} more` : "";
  const verb = away.length === 1 ? "does" : "do";
  const all = voters.length === 1 ? "its only voter" : `of its ${voters.length} voters ${needed}`;
  return `${all} must run, and ${names.join(", ")}${more} ${verb} not answer`;
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
