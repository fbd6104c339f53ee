/**
 * The values of the keys: what they hold, and how they are read. What cannot be read is as if it
 * were not there: anybody may write to the store by hand.
 *
 * @module
 */

import * as z from "zod/mini";
import { parseJson } from "../../base/json.ts";
import { LIMITS } from "../../base/limits.ts";
import type { MembershipChange } from "./membership_change.ts";
import { runs } from "./runs_record.ts";

/** Characters of a value that a message quotes. */
const QUOTED = 40;

const text = z.string();
const texts = z.readonly(z.array(text));

const site = z.object({
  bootId: text,
  pidNamespace: text,
  pid: z.number(),
  /** As /proc tells it: with the number, it names one process of that kernel. */
  startTime: z.number(),
  /** The directory of its state, as the kernel names it, which no copy of it shares. */
  prefix: text,
  /** The same for people. */
  path: text,
});
/** What a host shows: for people. */
const shown = z.object({
  /** SHA-256, as openssl prints it. */
  fingerprint: text.check(z.regex(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)),
  /** When it was issued, in milliseconds since 1970 by the host's own clock. */
  issuedAt: z.number(),
});
const live = z.object({
  id: text,
  /** New for every start of an agent. */
  nonce: z.optional(text),
  site: z.optional(site),
  /** Who asked whether it lives, by nonce: the last few. */
  answered: z.optional(texts),
});
const claim = z.object({ id: text, nonce: text, site: z.optional(site), clientUrls: texts });
const volunteer = z.object({ clientUrls: texts, peerUrls: texts });
/** Authorities, by their marks (`trust/authority_mark.ts`). */
const trust = z.object({
  believes: texts,
  /** Who signed all that the host shows. */
  shows: z.optional(text),
  /** Whose keys it has. */
  keys: texts,
});
const status = z.object({
  etcd: z.enum(["none", "starting", "running", "failed"]),
  memberId: z.optional(text),
  reason: z.optional(text),
  domain: z.optional(text),
  /** Why it could not run etcd as a new member, either. */
  unfit: z.optional(text),
  /** Of its etcd, while that runs. */
  clientUrls: z.optional(texts),
  /** Where it would run etcd, as its offer says, which may be lost to somebody's hand for a moment. */
  peerUrls: z.optional(texts),
  /** With which arguments its etcd runs (`ctl/rolling`). */
  generation: z.optional(text),
  /** Whom it believes and what it shows, where the cluster speaks TLS; older programs do not say. */
  trust: z.optional(trust),
  /** Since when, in milliseconds since 1970 by the host's own clock; for people only. */
  since: z.optional(z.number()),
  certificate: z.optional(shown),
  /** So many of the hosts that were cast out are refused there: the first ones in `ctl/revoked`. */
  refuses: z.optional(z.number()),
  /** Why connections that such certificates have open there go on. */
  keepsOpen: z.optional(text),
  runs: z.optional(runs),
});
const leader = z.object({
  host: text,
  id: text,
  since: z.optional(z.number()),
  /** For so long it waits for a member that is silent. */
  deadMs: z.optional(z.number()),
});
const peers = z.readonly(z.array(z.object({ name: text, url: text })));
const nomination = z.object({ memberId: text, clusterId: text, initialCluster: peers });
const backoff = z.object({ failures: z.number(), forMs: z.number(), reason: text });
const places = z.number().check(z.gte(1));
const wanted = z.object({ name: text, size: places, resource: text });
const granted = z.object({ name: text, size: places });
const forgotten = z.object({ host: text });
/** Ids are made of hexadecimal digits: no user of the store that means something else has such a name. */
const binding = z.object({
  id: text.check(z.regex(/^[0-9a-f]+$/)),
  role: z.enum(["host", "server"]),
  /** Of the certificates that were issued to it, the latest last. */
  serials: z.optional(texts),
});
const left = z.object({ id: text });
const request = z.object({ key: text, text });
const certificate = z.object({
  /** The revision of the request that it answers. */
  of: z.number(),
  answer: z.optional(text),
  /** Its host was cast out then, in milliseconds since 1970. */
  castOutAt: z.optional(z.number()),
});
const castOut = z.object({
  host: text,
  id: text.check(z.regex(/^[0-9a-f]+$/)),
  /** Of its certificates: hexadecimal digits. */
  serials: z.readonly(z.array(text.check(z.regex(/^[0-9a-f]+$/)))),
  /** In milliseconds since 1970. */
  at: z.number(),
  /** Nothing is left of it in the store, and it can write there no more. */
  isGone: z.optional(z.literal(true)),
});
const revoked = z.object({
  hosts: z.readonly(z.array(castOut)),
  /** The certificates of the first so many were signed by authorities that nobody believes any more. */
  former: z.optional(z.number()),
});
const token = z.object({
  role: z.enum(["agent", "server"]),
  uses: z.number().check(z.gte(1)),
  /** By whom it was used: hashes of public keys. */
  used: texts,
  /** For so long it counts from when the leader first sees it. */
  forMs: z.number().check(z.gte(0)),
  /** When and where it was made, for people. */
  madeAt: z.number(),
  madeBy: text,
});
const operator = z.object({
  /** Of etcd: another one for each time that somebody of that name is added. */
  user: text.check(z.regex(/^op-[a-z0-9][a-z0-9._-]{0,62}$/)),
  /** For so long it counts from when a leader first sees it. */
  forMs: z.number().check(z.gte(0)),
  /** When its certificate ends by itself. */
  untilMs: z.number(),
  /** By what its signatures are known: a public key (Ed25519, PEM). */
  signer: text,
  /** When and where it was made, for people. */
  madeAt: z.number(),
  madeBy: text,
});
const rolling = z.object({
  /** The name of the arguments with which all members are to run. */
  generation: text,
  /** What for, in words. */
  reason: text,
  /** Who starts its etcd anew now. */
  turn: z.optional(z.object({ memberId: text, host: text })),
});
const authority = z.object({ mark: text, cert: text });
/** `mark`: of the authority whose key is asked for, or given. */
const key = z.object({ mark: text, text });
const rotation = z.object({
  step: z.enum(["asked", "share", "believe", "certify", "forget", "done"]),
  /** Who asked for it. */
  by: text,
  /** Absent: it has not been made yet. */
  old: z.optional(authority),
  next: z.optional(authority),
  /** The host that is cast out so. */
  without: z.optional(z.object({ host: text, id: z.optional(text) })),
  /** Hosts that were known when it was asked for, without a binding that says so until they are forgotten. */
  known: z.optional(texts),
  /** For how many ms hosts that are away are still waited for. */
  patience: z.optional(z.record(z.string(), z.number())),
  /** Tokens and operators that ended with the old one. */
  ended: z.optional(z.object({ tokens: z.number(), operators: z.number() })),
  /** So many hosts were cast out before the next one was made: it has signed nothing for them. */
  castOut: z.optional(z.number()),
  /** Who was not there in time, and needs a new token. */
  away: z.optional(texts),
});
const stage = z.enum(["asked", "ready", "tls"]);
const secure = z.object({
  /** Of how far the cluster is on its way (`leader/securing.ts`). */
  level: z.number().check(z.gte(0), z.lte(5)),
  goal: z.enum(["tls", "plain"]),
  /** The host where it was ordered, which has the new secret. */
  by: text,
  /** Who takes part, with and without the secret; empty: nobody has said yet. */
  servers: texts,
  agents: texts,
});
const secureAsked = z.object({ request: text, key: text, stage });
const secureAnswer = z.object({ text, believed: text });
const step = z.union([
  z.object({ type: z.literal("add"), host: text, peerUrls: texts }),
  z.object({ type: z.enum(["promote", "remove"]), host: text, memberId: text }),
]);
const operation = z.object({
  purpose: z.enum(["grow", "promote", "replace", "bury", "expel", "shrink", "drop"]),
  steps: z.array(step).check(z.maxLength(8)),
  reason: text,
  backoff: z.optional(text),
});

/** Where an agent runs: which machine since its last boot, which process, which state. */
export type SiteRecord = z.infer<typeof site>;
/** `claims/HOST`: who asks whether the agent that has the name lives. */
export type ClaimRecord = z.infer<typeof claim>;
/** `live/HOST`: the name is taken by the host with that identity, by that run of its agent. */
export type LiveRecord = z.infer<typeof live>;
/** `volunteers/HOST`: where it would run etcd. */
export type VolunteerRecord = z.infer<typeof volunteer>;
/** `status/HOST`: which member it runs, and how that is going. */
export type StatusRecord = z.infer<typeof status>;
/** `ctl/leader`: who decides. */
export type LeaderRecord = z.infer<typeof leader>;
/** The members that a new etcd is started with, itself among them without a name. */
export type Peers = z.infer<typeof peers>;
/** `nominated/HOST`: the member it is to run. */
export type NominationRecord = z.infer<typeof nomination>;
/** `backoff/HOST`: it failed so often, and is left alone for so long from when that is first seen. */
export type BackoffRecord = z.infer<typeof backoff>;
/** `wanted/HOST/ID`: a place in a semaphore of so many, for that resource. */
export type WantedRecord = z.infer<typeof wanted>;
/** `granted/HOST/ID`: the same place, given. */
export type GrantedRecord = z.infer<typeof granted>;

/** `forgotten/MEMBER`: whose member it is, for people. */
export type ForgottenRecord = z.infer<typeof forgotten>;
/** `hosts/HOST`: the identity to which the cluster has bound that name, and what it may be. */
export type BindingRecord = z.infer<typeof binding>;
/** `left/HOST`: the identity that has left under that name. */
export type LeftRecord = z.infer<typeof left>;

/** `csr/HOST`: the hash of its public key, and what it asks for with that. */
export type RequestRecord = z.infer<typeof request>;
/** `cert/HOST`: what it was answered; without an answer it was refused. */
export type CertificateRecord = z.infer<typeof certificate>;
/** What a host shows of itself to its cluster, in `status/HOST`. */
export type ShownCertificate = z.infer<typeof shown>;

/** A host that was cast out. */
export type CastOutRecord = z.infer<typeof castOut>;
/** `ctl/revoked`: all of those. */
export type RevokedRecord = z.infer<typeof revoked>;

/** `ctl/tokens/ID`: what a token is for, and who has used it. */
export type TokenRecord = z.infer<typeof token>;
/** `ctl/operators/NAME`: who may look at the cluster and say what it is to be, without being a host. */
export type OperatorRecord = z.infer<typeof operator>;

/** `ctl/rolling`: members are to start their etcds anew, one after another (`leader/rolling.ts`). */
export type RollingRecord = z.infer<typeof rolling>;
/** What a host says of whom it believes. */
export type TrustRecord = z.infer<typeof trust>;
/** `keyasked/HOST`, `keygiven/HOST`: the key of an authority on its way. */
export type KeyOnItsWay = z.infer<typeof key>;
/** `ctl/rotation`: how far the cluster is with another authority (`leader/rotation.ts`). */
export type RotationRecord = z.infer<typeof rotation>;

/** `ctl/secure`: a plain cluster becomes one with TLS (`leader/securing.ts`). */
export type SecureRecord = z.infer<typeof secure>;
/** How far a host is with that: it has asked, has what it needs, or speaks TLS. */
export type SecureStage = z.infer<typeof stage>;
/** `ctl/secure/asked/HOST`: what it asks for, below the hash of its public key, and how far it is. */
export type SecureAskedRecord = z.infer<typeof secureAsked>;
/** `ctl/secure/answers/HOST`: its certificate, or the secret encrypted to it; and whom to believe. */
export type SecureAnswerRecord = z.infer<typeof secureAnswer>;

/** Reads a value; undefined: it is none of that kind. */
export const read = {
  live: reader<LiveRecord>(live),
  claim: reader<ClaimRecord>(claim),
  volunteer: reader<VolunteerRecord>(volunteer),
  status: reader<StatusRecord>(status),
  leader: reader<LeaderRecord>(leader),
  nomination: reader<NominationRecord>(nomination),
  backoff: reader<BackoffRecord>(backoff),
  wanted: reader<WantedRecord>(wanted),
  granted: reader<GrantedRecord>(granted),
  forgotten: reader<ForgottenRecord>(forgotten),
  binding: reader<BindingRecord>(binding),
  left: reader<LeftRecord>(left),
  request: reader<RequestRecord>(request),
  certificate: reader<CertificateRecord>(certificate),
  revoked: reader<RevokedRecord>(revoked),
  token: reader<TokenRecord>(token),
  operator: reader<OperatorRecord>(operator),
  rolling: reader<RollingRecord>(rolling),
  rotation: reader<RotationRecord>(rotation),
  key: reader<KeyOnItsWay>(key),
  secure: reader<SecureRecord>(secure),
  secureAsked: reader<SecureAskedRecord>(secureAsked),
  secureAnswer: reader<SecureAnswerRecord>(secureAnswer),
  operation: reader<MembershipChange>(operation as unknown as z.ZodMiniType<MembershipChange>),
} as const;

function reader<T>(schema: z.ZodMiniType<T>): (value: string | undefined) => T | undefined {
  return (value) => value === undefined ? undefined : z.safeParse(schema, parseJson(value)).data;
}

/** The value that stands for a record. */
export function write(
  record:
    | LiveRecord
    | ClaimRecord
    | VolunteerRecord
    | StatusRecord
    | LeaderRecord
    | NominationRecord
    | BackoffRecord
    | WantedRecord
    | GrantedRecord
    | ForgottenRecord
    | BindingRecord
    | LeftRecord
    | RequestRecord
    | CertificateRecord
    | RevokedRecord
    | TokenRecord
    | OperatorRecord
    | RollingRecord
    | RotationRecord
    | KeyOnItsWay
    | SecureRecord
    | SecureAskedRecord
    | SecureAnswerRecord
    | MembershipChange,
): string {
  return JSON.stringify(record);
}

/** The ideal size where nobody has said one. */
export const DEFAULT_SIZE = 5;

/** The ideal size as anybody may have put it; undefined: 0, garbage or nothing. */
export function readIdealSize(value: string | undefined): number | undefined {
  const digits = /^\s*"?([0-9]{1,9})"?\s*$/.exec(value ?? "")?.[1];
  const size = Number(digits ?? 0);
  return size >= 1 && size <= LIMITS.clusterSize ? size : undefined;
}

/** What there is instead of an ideal size that can be read, for people. */
export function unreadableSize(key: string, value: string): string {
  return `${key} is ${shortened(value)}, not a number from 1 to ${LIMITS.clusterSize}`;
}

/** A value as messages quote it. */
export function shortened(value: string): string {
  return JSON.stringify(value.length > QUOTED ? `${value.slice(0, QUOTED)}…` : value);
}
