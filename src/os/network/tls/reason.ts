/**
 * Why two hosts of clusters do not come to speak over TLS, for people.
 *
 * @module
 */

import type { TlsCredentials } from "../../../base/credentials.ts";
import { type Failure, failure } from "../../../base/result.ts";

/** One reason: how the library says it, and what that means. */
interface HandshakeReason {
  readonly says: RegExp;
  readonly code: TlsFailureCode;
  /** The rest of the sentence; `found`: what the library's text has in its groups. */
  readonly means: (found: readonly string[]) => string;
  readonly hint?: string;
  /** The same of an etcd that others run, where that says something else. */
  readonly outside?: (files: OutsideFiles, found: readonly string[]) => {
    readonly means?: string;
    readonly hint?: string;
  };
}

/** What an administrator gave, for an etcd that others run. */
type OutsideFiles = Pick<TlsCredentials, "ca" | "cert" | "outside">;

/** `speaks-plain`: what answers speaks no TLS; `untrusted`: one of both does not accept the other's certificate. */
export type TlsFailureCode = "speaks-plain" | "untrusted";

const CLOCKS = "are the clocks of both hosts right?";
/** The two look alike from here, and who asks cannot safely tell them apart. */
const OTHER_CLUSTER =
  "is that address one of this host's own cluster? If so, was its authority replaced since (mgmt " +
  "cluster rotate ca; or mgmt evict, which may have cast this host out)? Then this host needs a new " +
  "token: mgmt token create, on a host that runs etcd";

const PLAIN = {
  means: "what answers there speaks plain text, and this host's cluster speaks TLS",
  hint: "is it the port of something else, or of a cluster without TLS?",
};

/** What an etcd that speaks TLS no more asks of its administrator. */
const OUTSIDE_PLAIN = {
  means: "what answers there speaks plain text, and this host was told to speak TLS",
  hint:
    "have that etcd speak TLS again; or start this host's agent without --cacert, with http:// in " +
    "its --seeds and --insecure-plaintext",
};

/** What the other side says of this host is an alert. */
const REASONS: readonly HandshakeReason[] = [
  {
    says: /InvalidContentType|InvalidMessage|wrong version number/,
    code: "speaks-plain",
    means: () => PLAIN.means,
    hint: PLAIN.hint,
    outside: () => OUTSIDE_PLAIN,
  },
  {
    says: /alert: (?:CertificateRequired|HandshakeFailure)/,
    code: "untrusted",
    means: () => "it asks for a certificate, and this host has none to show",
    outside: () => ({ hint: "give one that it accepts: --cert FILE --key FILE" }),
  },
  {
    says: /alert: (?:UnknownCA|DecryptError)/,
    code: "untrusted",
    means: () =>
      "it does not accept this host's certificate, which another cluster's authority signed",
    hint: OTHER_CLUSTER,
    outside: ({ cert }) => ({
      means: `it does not accept ${cert.path}, which another authority signed than it believes`,
      hint: "put a certificate there that its --trusted-ca-file signed (--cert, --key)",
    }),
  },
  {
    says: /alert: CertificateExpired/,
    code: "untrusted",
    means: () => "this host's certificate has expired there, or is not valid yet",
    hint: CLOCKS,
    outside: ({ cert }) => ({
      means: `${cert.path} has expired there, or is not valid yet`,
      hint: `put a new certificate there (it is read again, with its key); ${CLOCKS}`,
    }),
  },
  {
    says: /alert: (?:BadCertificate|CertificateRevoked|CertificateUnknown|AccessDenied)/,
    code: "untrusted",
    means: () => "it refuses this host's certificate",
    hint: "was this host cast out of the cluster, or is that the port of members (--server-urls)?",
    outside: ({ cert }) => ({
      means: `it refuses ${cert.path}`,
      hint: "is that one for clients, not revoked, and the address that of etcd's clients?",
    }),
  },
  {
    says: /UnknownIssuer|BadSignature|CaUsedAsEndEntity/,
    code: "untrusted",
    means: () => "its certificate was not signed by this host's cluster",
    hint: OTHER_CLUSTER,
    outside: ({ ca }) => ({
      means: `its certificate was not signed by an authority in ${ca.path}`,
      hint: "name the file with the authority that signed it (--cacert)",
    }),
  },
  {
    says: /certificate not valid for name "([^"]*)"(?:.*only valid for (.*))?$/,
    code: "untrusted",
    means: ([name, others]) => `its certificate is for ${namesIn(others)}, not for ${name}`,
    hint: "only a host that has the cluster's secret may run its etcd",
    outside: () => ({ hint: "name it in --seeds as its certificate does" }),
  },
  {
    says: /certificate does not allow extended key usage/,
    code: "untrusted",
    means: () => "its certificate is none of a server",
    hint: "only a host that has the cluster's secret may run its etcd",
    outside: () => ({ hint: "its administrator gives it one for servers" }),
  },
  {
    says: /not valid after (\d+)/,
    code: "untrusted",
    means: ([seconds]) => `its certificate has expired (${dateOf(seconds)})`,
    hint: CLOCKS,
  },
  {
    says: /not valid before (\d+)/,
    code: "untrusted",
    means: ([seconds]) => `its certificate is not valid before ${dateOf(seconds)}`,
    hint: CLOCKS,
  },
];

/**
 * Puts what the TLS library says into words; undefined: it says nothing of that kind. `what` begins the
 * message, `files` are those that were used.
 */
export function explainHandshake(
  what: string,
  reason: string,
  files?: OutsideFiles,
): Failure | undefined {
  for (const { says, code, means, hint, outside } of REASONS) {
    const [all, ...found] = says.exec(reason) ?? [];
    if (all === undefined) continue;
    const other = files?.outside === true ? outside?.(files, found) : undefined;
    const advice = other?.hint ?? hint;
    const more = advice === undefined ? { code } : { code, hint: advice };
    return failure(`${what}: ${other?.means ?? means(found)}`, more);
  }
  return undefined;
}

/** What a host with certificates is told of a place that speaks plain text. */
export function spokenPlainly(what: string, { outside }: OutsideFiles): Failure {
  const { means, hint } = outside === true ? OUTSIDE_PLAIN : PLAIN;
  return failure(`${what}: ${means}`, { code: "speaks-plain", hint });
}

/** The names that a certificate is for, as the library lists them. */
export function namesIn(listed: string | undefined): string {
  const found = (listed ?? "").matchAll(/"([^"]*)"|IpAddress\(([^)]*)\)/g);
  const names = [...found].map(([, name, address]) => name ?? address);
  return names.length === 0 ? "another name" : names.slice(0, 5).join(", ");
}

/** The day of a time in seconds since 1970. */
export function dateOf(seconds = "0"): string {
  return new Date(Number(seconds) * 1000).toISOString().slice(0, 10);
}
