import { type Failure, failure, reasonOf } from "../../../base/result.ts";
import { whyBroken } from "../connection.ts";
import { explainTls } from "../tls_reason.ts";

/** What went wrong with a connection; `what` begins the message. The runtime's words have the whole URL in them. */
export function whyNotFetched(what: string, thrown: unknown): Failure {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  const reason = reasonOf(cause)
    .replace(/^.*?error sending request for url \([^)]*\):?\s*/s, "")
    .replace(/^.*?client error \([A-Za-z]+\):?\s*/s, "")
    .replace(/https?:\/\/[^\s)]+/g, "the URL");
  const untrusted = /invalid peer certificate: (.*)$/s.exec(reason)?.[1];
  if (untrusted !== undefined) return withCa(explainTls(what, untrusted));
  if (/corrupt message|InvalidContentType|InvalidMessage/.test(reason)) {
    return explainTls(what, "InvalidMessage");
  }
  if (/dns error/.test(reason)) {
    const why = reason.replace(/^.*(?:information|error): /s, "");
    return failure(`${what}: the name cannot be looked up: ${why}`, {
      code: "unknown-host",
      hint: "try: getent hosts NAME",
    });
  }
  if (/connection refused/i.test(reason)) return whyBroken(what, new Error("ECONNREFUSED"));
  if (/error reading a body|connection closed|incomplete/i.test(reason)) {
    return failure(`${what}: the other side broke the connection off`, {
      code: "closed",
      hint: "what has come so far is kept; the next try goes on there",
    });
  }
  return whyBroken(what, new Error(reason));
}

/** An authority of one's own need not be believed by all programs. */
function withCa(why: Failure): Failure {
  return why.hint === undefined
    ? why
    : { ...why, hint: `name the authority's certificate with ca, or ${why.hint}` };
}
