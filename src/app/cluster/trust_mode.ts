/**
 * Whether the cluster of a run speaks TLS or plain text: by what the run was told, and by what its
 * prefix knows. Pure.
 *
 * @module
 */

import type { Scheme } from "../../base/address.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import type { OutsideWish } from "./outside_wish.ts";
import { trustGone } from "./trust_gone.ts";

/** What a run was told of it. */
export interface TrustWish {
  readonly tls: boolean;
  readonly insecurePlaintext: boolean;
  /** The file with the secret of the cluster, absolute. */
  readonly secretFile?: string;
  /** A token, or the file with one, absolute: what a host joins with. */
  readonly token?: string;
  readonly tokenFile?: string;
  /** What was said of an etcd that others run; absent: nothing. */
  readonly outside?: OutsideWish;
  /** The first address that was written with each scheme, with the flag that it stands in. */
  readonly said: Readonly<Partial<Record<Scheme, string>>>;
}

/** What else decides. */
export interface TrustFacts {
  readonly wish: TrustWish;
  /** Which cluster the prefix knows. */
  readonly known: "tls" | "lost" | "outside" | "plain" | "none";
  /** That speaks TLS, and was a plain one before. */
  readonly wasPlain?: boolean;
  /** The host of the prefix runs etcd. */
  readonly isMember?: boolean;
  /** How messages name the prefix. */
  readonly place: string;
  /** Other machines reach an address that this host was given. */
  readonly exposed: boolean;
  /** It is to look for others, by their addresses. */
  readonly seeks: boolean;
}

/** How the hosts of a cluster speak, and why; `usual`: nobody asked for anything else. */
export type TrustMode =
  | { readonly scheme: "https"; readonly why: "usual" | "asked" | "known" | "outside" }
  | { readonly scheme: "http"; readonly why: "loopback" | "asked" | "known" };

const PLAIN_FLAG = "--insecure-plaintext";
/** What is to be typed, where TLS is wanted of a cluster that is there. */
const BECOMES = "that cluster speaks TLS after mgmt cluster secure, on a host of it that runs etcd";

/** How a host comes into a cluster that speaks TLS. */
export const JOIN_LINES =
  "to join one: mgmt token create > FILE, on a host of it that runs etcd; bring FILE to this host (mode " +
  "0600), and start it once with --token-file FILE. To found one together: mgmt cluster secret > FILE, on " +
  "one of the hosts, and --secret-file FILE on each";

/** Decides it, or says what does not go together and what to write instead. */
export function decideTrust(given: TrustFacts): Result<TrustMode> {
  const facts = isOfBefore(given) ? { ...given, wish: withoutPlain(given.wish) } : given;
  const { wish, known } = facts;
  const secure = tlsFlag(wish);
  const { secretFile, token, tokenFile } = wish;
  if ([secretFile, token, tokenFile].filter((each) => each !== undefined).length > 1) {
    return fail("--token, --token-file and --secret-file exclude each other", {
      hint: "a host needs one of them, and only to join",
    });
  }
  if (secure !== undefined && wish.insecurePlaintext) {
    return fail(`${secure} and ${PLAIN_FLAG} exclude each other`);
  }
  // Who is told to speak plain text with an etcd that spoke TLS is told so by its administrator.
  const mode = known === "none" || known === "outside" ? newMode(facts) : knownMode(facts);
  if (!mode.ok) return mode;
  const { scheme } = mode.value;
  const odd = scheme === "https" ? wish.said.http : wish.said.https;
  return odd === undefined ? mode : wrongScheme(odd, scheme, facts);
}

/** A unit is not written anew when a cluster becomes one with TLS: its hosts have to come back by it. */
function isOfBefore({ known, wasPlain }: TrustFacts): boolean {
  return known === "tls" && wasPlain === true;
}

function withoutPlain({ said: { http: _, ...said }, ...wish }: TrustWish): TrustWish {
  return { ...wish, insecurePlaintext: false, said };
}

function tlsFlag({ tls, secretFile, token, tokenFile }: TrustWish): string | undefined {
  if (secretFile !== undefined) return "--secret-file";
  if (token !== undefined) return "--token";
  if (tokenFile !== undefined) return "--token-file";
  return tls ? "--tls" : undefined;
}

/** Whether a token was given. */
export function isTokenOf({ token, tokenFile }: TrustWish): boolean {
  return token !== undefined || tokenFile !== undefined;
}

/** What a cluster speaks is not changed by a flag of one of its hosts. */
function knownMode({ wish, known, place, exposed, isMember }: TrustFacts): Result<TrustMode> {
  const another = "for another cluster leave this one first (mgmt leave), or give another --prefix";
  if (known === "tls" || known === "lost") {
    // With a secret or a token it gets anew what is gone; --tls alone would make another cluster's.
    const isMended = wish.secretFile !== undefined || isTokenOf(wish);
    if (!wish.insecurePlaintext) {
      return known === "tls" || isMended ? ok({ scheme: "https", why: "known" }) : trustGone(place);
    }
    return fail(`${PLAIN_FLAG}: ${place} is that of a host in a TLS cluster`, {
      code: "downgrade",
      hint: `leave ${PLAIN_FLAG} out; ${another}`,
    });
  }
  const flag = tlsFlag(wish);
  // Its cluster may have become one with TLS while this host was off: tokens are of no other.
  if (isTokenOf(wish) && isMember === false) return ok({ scheme: "https", why: "asked" });
  if (flag === undefined && !exposed) return ok({ scheme: "http", why: "loopback" });
  if (flag === undefined) {
    return ok({ scheme: "http", why: wish.insecurePlaintext ? "asked" : "known" });
  }
  return fail(`${flag}: ${place} is that of a host in a plain cluster`, {
    code: "plain-cluster",
    hint: `leave ${flag} out; ${BECOMES}; ${another}`,
  });
}

/** On one machine a cluster is plain, unless it is said; with other machines it speaks TLS, unless it is said. */
function newMode({ wish, exposed, seeks }: TrustFacts): Result<TrustMode> {
  if (wish.insecurePlaintext) return ok({ scheme: "http", why: "asked" });
  const isAsked = tlsFlag(wish) !== undefined;
  if (!isAsked && !exposed) return ok({ scheme: "http", why: "loopback" });
  if (wish.secretFile !== undefined || isTokenOf(wish) || !seeks) {
    return ok({ scheme: "https", why: isAsked ? "asked" : "usual" });
  }
  const outside = ". For an etcd that others run: --cacert FILE, with its authority";
  const plain =
    `${outside}. Clusters of several machines speak TLS; for one that does not: ${PLAIN_FLAG}`;
  return fail(
    "this host has no certificate, so no host of a TLS cluster at its --seeds answers it",
    {
      code: "no-secret",
      hint: isAsked ? JOIN_LINES + outside : JOIN_LINES + plain,
    },
  );
}

function wrongScheme(
  written: string,
  scheme: Scheme,
  { known, place, wish }: TrustFacts,
): Result<never> {
  if (scheme === "https") {
    return fail(`${written}: the cluster speaks TLS`, {
      code: "scheme",
      hint: "write https://, or the address alone",
    });
  }
  const alone = "write the address alone";
  if (known === "plain") {
    return fail(`${written}: ${place} is that of a host in a plain cluster`, {
      code: "scheme",
      hint: `${alone}; ${BECOMES}`,
    });
  }
  return fail(`${written}: the cluster speaks plain text`, {
    code: "scheme",
    hint: wish.insecurePlaintext
      ? `${alone}, or leave ${PLAIN_FLAG} out and give --tls`
      : `give --tls, too; for a plain cluster ${alone}`,
  });
}
