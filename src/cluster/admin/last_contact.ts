/**
 * What a host writes down of its cluster's members while it hears of them, for whoever has to decide
 * one day whether they are lost.
 *
 * @module
 */

import { printable } from "../../base/printable.ts";
import { hostOfMember } from "../store/keys.ts";
import type { Member } from "../store/store.ts";

/** The members, and when the cluster answered last, as far as that was written down. */
export interface LastContact {
  /** In milliseconds since 1970. */
  readonly heardAtMs: number;
  readonly members: readonly Pick<Member, "id" | "name" | "clientUrls" | "learner">[];
}

/** Its file, beside the identity. */
export const CONTACT = "contact.json";

/** Reads that file; undefined: it is none. */
export function readContact(text: string | undefined): LastContact | undefined {
  try {
    const value = JSON.parse(text ?? "") as LastContact | null;
    const valid = typeof value?.heardAtMs === "number" && Math.abs(value.heardAtMs) < 8e15 &&
      Array.isArray(value.members) &&
      value.members.every((each) =>
        typeof each?.id === "string" && typeof each.name === "string" &&
        Array.isArray(each.clientUrls)
      );
    return valid ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Which members but that one there were, and when they were heard of, in lines for people. */
export function missingText(contact: LastContact | undefined, ownId: string | undefined): string[] {
  const others = contact?.members.filter(({ id }) => id !== ownId) ?? [];
  if (contact === undefined || others.length === 0) {
    return ["- Which members are missing, and since when, was not written down here."];
  }
  return [
    "- Missing are, with the addresses at which they were:",
    ...others.map(({ id, name, clientUrls, learner }) =>
      printable(
        `    ${hostOfMember(name) ?? (name || id)}${learner ? " (learner)" : ""} at ${
          clientUrls.join(", ") || "an unknown address"
        }`,
      )
    ),
    `  This host wrote down last at ${
      new Date(contact.heardAtMs).toISOString()
    } that a majority answered.`,
  ];
}
