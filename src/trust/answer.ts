/**
 * What a host is answered that asked for a certificate.
 *
 * @module
 */

import { parseJson } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { Random } from "../os/random.ts";
import { decryptWith, encryptFor } from "../secrets/age.ts";
import { checkCertificate, isFor, serialOf } from "./certificate.ts";
import { certify, openAuthority } from "./issuing.ts";
import {
  certificatesIn,
  type CertifiedKey,
  hasCertificate,
  readSecret,
  secretText,
} from "./pem.ts";
import type { CheckedRequest } from "./request.ts";

/** What a host has with its answer. */
export type Answer =
  /** Its certificate, and all authorities to believe. */
  | { readonly role: "agent"; readonly cert: string; readonly believed: string }
  /** The secret of the cluster: it certifies itself. */
  | { readonly role: "server"; readonly secret: CertifiedKey };

/** Who answers. */
export interface AnsweringParty {
  readonly secret: CertifiedKey;
  /** Certificates of all authorities that count, PEM. */
  readonly believed: string;
  readonly random: Random;
}

const VERSION = 1;
const MOST_CHARACTERS = 64 * 1024;

/** An answer that may be read by anybody, and the number of the certificate in it, where there is one. */
export interface WrittenAnswer {
  readonly text: string;
  readonly serial?: string;
}

/** Answers a request that may be granted, in the role that it asks for. */
export async function answerText(
  request: CheckedRequest,
  { secret, believed, random }: AnsweringParty,
): Promise<Result<WrittenAnswer>> {
  if (request.role === "server") {
    const bytes = new TextEncoder().encode(secretText(secret));
    const sealed = await encryptFor(bytes, [request.recipient]);
    return sealed.ok
      ? ok({ text: JSON.stringify({ version: VERSION, sealed: sealed.value }) })
      : sealed;
  }
  const authority = await openAuthority(secret);
  if (!authority.ok) return authority;
  const profile = { type: "host", id: request.id } as const;
  const cert = await certify(authority.value, profile, request.publicKey, random);
  if (!cert.ok) return cert;
  const text = JSON.stringify({ version: VERSION, cert: cert.value, believed });
  return ok({ text, serial: serialOf(cert.value) });
}

/** What the one who asked knows. */
export interface AskingHost {
  readonly id: string;
  readonly publicKey: CryptoKey;
  /** The identity of age for whose recipient it asked. */
  readonly identity: string;
  /** The authorities that it believes so far. */
  readonly believed: string;
}

/** Reads an answer: it must be about this host's own key, and come from the cluster that was asked. */
export async function readAnswer(text: string, asked: AskingHost): Promise<Result<Answer>> {
  const said = text.length > MOST_CHARACTERS ? undefined : parseJson(text);
  const { version, sealed, cert, believed } =
    (said as Partial<Record<string, unknown>> | null | undefined) ?? {};
  if (version !== VERSION) return wrong("it is none of this version");
  if (typeof sealed === "string") return await openSealed(sealed, asked);
  if (typeof cert !== "string" || typeof believed !== "string") return wrong("nothing is in it");
  const checked = await checkCertificate(cert, { believed: asked.believed });
  if (!checked.ok) return wrong(checked.failure.message);
  const { holder } = checked.value;
  if (holder.type !== "host" || holder.id !== asked.id) return wrong("it is for another host");
  if (!await isFor(checked.value.cert, asked.publicKey)) return wrong("it is for another key");
  // Of what it was given to believe it must know one already: what follows is that one's word.
  if (!certificatesIn(believed).some((each) => hasCertificate(asked.believed, each))) {
    return wrong("it is of another cluster");
  }
  return ok({ role: "agent", cert, believed });
}

async function openSealed(sealed: string, asked: AskingHost): Promise<Result<Answer>> {
  const opened = await decryptWith(new TextEncoder().encode(sealed), [asked.identity]);
  if (!opened.ok) return wrong("it was encrypted for another host");
  const secret = readSecret(new TextDecoder().decode(opened.value));
  if (!secret.ok) return wrong(secret.failure.message);
  const authority = await openAuthority(secret.value);
  if (!authority.ok) return wrong(authority.failure.message);
  const isKnown = hasCertificate(asked.believed, secret.value.cert);
  return isKnown ? ok({ role: "server", secret: secret.value }) : wrong("it is of another cluster");
}

function wrong(why: string): Result<never> {
  return fail(`the cluster's answer is refused: ${why}`, {
    code: "bad-answer",
    hint:
      "ask with a new token (mgmt token create); if that is refused, too, look at who answers there",
  });
}
