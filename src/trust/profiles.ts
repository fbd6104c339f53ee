/**
 * What certificates of a cluster say: for whom each is, what it may be used for, and how long.
 *
 * @module
 */

import { fail, ok, type Result } from "../base/result.ts";

/** The name under which alone clients accept an etcd: a host's own certificate never carries it. */
export const SERVER_NAME = "mgmt-etcd";

/** What an authority of a cluster is called, before its digits. */
export const AUTHORITY_NAME = "mgmt cluster";

/** The name that etcd asks of those that want to be members (`--peer-cert-allowed-cn`). */
export const PEER_NAME = "mgmt-peer";

/** The user of etcd that may do everything: what hosts with the server role show. */
const ROOT_USER = "root";

/** For whom a certificate is. */
export type Profile =
  /** What an etcd shows to its clients, and what members show each other; addresses without ports. */
  | { readonly type: "server" | "peer"; readonly addresses: readonly string[] }
  /** A host that has the authority's key, as a client. */
  | { readonly type: "root" }
  /** A host, as a client; the random id of its prefix. */
  | { readonly type: "host"; readonly id: string }
  /** Who has a token, until this moment (ms since 1970). */
  | { readonly type: "join"; readonly id: string; readonly untilMs: number }
  | { readonly type: "operator"; readonly name: string; readonly untilMs: number };

/** How everything is signed. */
export const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** What does not end by itself: hosts whose clocks are years off must not fall out. */
export const ALWAYS = { fromMs: Date.UTC(2000, 0, 1), untilMs: Date.UTC(2099, 11, 31) } as const;

const HOST_ID = /^[0-9a-f]{32}$/;
const TOKEN_ID = /^[0-9a-f]{16}$/;
const OPERATOR_NAME = /^[a-z0-9]([a-z0-9._-]{0,62})$/;

/** The user of etcd that a certificate makes of its holder, which is its CN; undefined: it has none. */
export function userOf(profile: Profile): Result<string | undefined> {
  switch (profile.type) {
    case "server":
      return ok(undefined);
    case "peer":
      return ok(PEER_NAME);
    case "root":
      return ok(ROOT_USER);
    case "host":
      return HOST_ID.test(profile.id) ? ok(profile.id) : noName("id of a host", profile.id);
    case "join":
      return TOKEN_ID.test(profile.id)
        ? ok(joinUser(profile.id))
        : noName("id of a token", profile.id);
    case "operator":
      return OPERATOR_NAME.test(profile.name)
        ? ok(`op-${profile.name}`)
        : noName("name of an operator", profile.name, "small letters, digits, dots and hyphens");
  }
}

function noName(what: string, text: string, hint?: string): Result<never> {
  return fail(`${JSON.stringify(text.slice(0, 80))} is no ${what}`, hint ? { hint } : {});
}
/** The user of etcd that the holders of a token are. */
export function joinUser(id: string): string {
  return `join-${id}`;
}

/** The way back: whose certificate carries that CN; undefined: nobody's. */
export function holderOf(user: string): CertificateHolder | undefined {
  if (user === PEER_NAME) return { type: "peer" };
  if (user === ROOT_USER) return { type: "root" };
  if (HOST_ID.test(user)) return { type: "host", id: user };
  const [, kind, rest = ""] = /^(join|op)-(.*)$/s.exec(user) ?? [];
  if (kind === "join" && TOKEN_ID.test(rest)) return { type: "join", id: rest };
  if (kind === "op" && OPERATOR_NAME.test(rest)) return { type: "operator", name: rest };
  return undefined;
}

/** Whose a certificate is, as its CN says. */
export type CertificateHolder =
  | { readonly type: "server" | "peer" | "root" }
  | { readonly type: "host" | "join"; readonly id: string }
  | { readonly type: "operator"; readonly name: string };
