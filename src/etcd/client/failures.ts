/**
 * What goes wrong when etcd is asked, in the store's words.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { StoreFailureCode } from "../../cluster/store/store.ts";

/** An error as gRPC hands it out. */
export interface CallError {
  readonly code: number;
  readonly details: string;
}

/**
 * Whether another endpoint may be asked the same: `anything`, because here surely nothing was done;
 * `reads`, because nobody knows; or `nothing`, because the answer would be no other.
 */
export type Elsewhere = "anything" | "reads" | "nothing";

/** A call that failed. */
export interface GrpcRefusal {
  readonly failure: Failure;
  readonly elsewhere: Elsewhere;
  /** The connection may be bad: nobody should begin to use it any more. */
  readonly spoiled?: boolean;
  /** No etcd said so: there was no connection, or it broke. */
  readonly silent?: boolean;
  /** Nothing was done, and the same question may have another answer at once. */
  readonly again?: boolean;
}

/** An answer, or why there is none. */
export type Tried<T> = { readonly answer: T } | { readonly refusal: GrpcRefusal };

/** The status codes of gRPC that are looked at. */
const CANCELLED = 1, DEADLINE_EXCEEDED = 4, UNAVAILABLE = 14;
const INTERNAL = 13, UNKNOWN = 2;

/** What etcd says, the longer before what it contains. */
const SAID: readonly (readonly [string, StoreFailureCode, Elsewhere?])[] = [
  ["required revision has been compacted", "compacted"],
  ["requested lease not found", "lease-gone"],
  ["member not found", "member-gone"],
  ["Peer URLs already exists", "member-exists"],
  ["member ID already exist", "member-exists"],
  ["promote a learner member which is in sync", "not-in-sync"],
  ["can only promote a learner", "not-learner"],
  ["too many learner", "too-many-learners"],
  ["not enough started members", "not-enough-started"],
  ["unhealthy cluster", "unhealthy"],
  ["database space exceeded", "no-space"],
  ["message larger than max", "too-large"],
  ["permission denied", "permission-denied"],
  // Who asks has no user, or shows nothing from which one could be told.
  ["user name not found", "permission-denied"],
  ["user name is empty", "permission-denied"],
  ["invalid user ID or password", "unauthorized"],
  ["revision of auth store is old", "rights-changing"],
  // Who asks has to say anew who he is, and does.
  ["invalid auth token", "rights-changing"],
  ["rpc not supported for learner", "learner", "anything"],
  ["no leader", "unavailable", "anything"],
  ["too many requests", "unavailable", "anything"],
  // No etcd, but a host that says hello until its own etcd runs.
  ["no etcd runs on this host", "unavailable", "anything"],
  ["HTTP status code 404", "unavailable", "anything"],
  ["server stopped", "unavailable", "reads"],
  ["leader changed", "unavailable", "reads"],
  ["not leader", "unavailable", "reads"],
  ["request timed out", "unavailable", "reads"],
];

const MAY_NOT = "this host may write only what is its own: do it on a host that runs etcd";

/** Puts an error into the store's words. */
export function refusal(what: string, url: string, error: CallError): GrpcRefusal {
  const [, code, elsewhere] = SAID.find(([text]) => error.details.includes(text)) ?? [];
  if (code !== undefined) {
    const found = refused(what, url, error.details, code, elsewhere);
    if (code !== "permission-denied") {
      return code === "rights-changing" ? { ...found, again: true } : found;
    }
    return { ...found, failure: { ...found.failure, hint: MAY_NOT } };
  }
  switch (error.code) {
    case DEADLINE_EXCEEDED:
      return late(what, url);
    case CANCELLED:
    case UNAVAILABLE:
    case INTERNAL:
    case UNKNOWN:
      return {
        ...refused(what, url, error.details, "unavailable", "reads"),
        ...{ spoiled: true, silent: true },
      };
    default:
      return refused(what, url, error.details, "refused");
  }
}

/** No answer came in time. */
export function late(what: string, url: string): GrpcRefusal {
  return { ...refused(what, url, "no answer in time", "deadline", "reads"), spoiled: true };
}

/** A failure of this code, with who and why. */
export function refused(
  what: string,
  url: string,
  why: string,
  code: StoreFailureCode,
  elsewhere: Elsewhere = "nothing",
): GrpcRefusal {
  const said = why.replace(/^etcdserver: (mvcc: )?/, "");
  return { failure: failure(`cannot ${what} at ${url}: ${said}`, { code }), elsewhere };
}

/** Nobody can be reached there; nothing was sent. */
export function unreachable(what: string, url: string): GrpcRefusal {
  return {
    ...refused(what, url, "no connection to etcd", "unavailable", "anything"),
    silent: true,
  };
}

/** The call was given up by whoever made it, or the store was closed. */
export function givenUp(what: string): GrpcRefusal {
  return { failure: failure(`gave up: ${what}`, { code: "aborted" }), elsewhere: "nothing" };
}

/** What gRPC threw or handed out, as far as it is what it should be. */
export function callError(thrown: unknown): CallError {
  const { code, details, message } = Object(thrown) as Partial<Record<string, unknown>>;
  return {
    code: typeof code === "number" ? code : UNKNOWN,
    details: String(details ?? message ?? thrown),
  };
}
