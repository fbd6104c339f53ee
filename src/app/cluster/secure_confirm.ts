/** Has an operator say which hosts may take part in a cluster that becomes TLS. */

import { fail, ok, type Result } from "../../base/result.ts";
import { ask } from "../../os/terminal.ts";
import type { SecureCandidate } from "./secure_answers.ts";
import { keyFingerprint } from "./secure_request.ts";

/** How it is asked. */
export interface ConfirmWish {
  readonly yes: boolean;
  readonly say: (text: string) => Promise<void>;
}

/** Those that may; `off`: hosts that are not there now. */
export async function confirmHosts(
  hosts: readonly SecureCandidate[],
  off: readonly string[],
  { yes, say }: ConfirmWish,
): Promise<Result<readonly SecureCandidate[]>> {
  await say(explanation(hosts, off));
  if (yes) return ok(hosts);
  const chosen: SecureCandidate[] = [];
  for (const [index, host] of hosts.entries()) {
    const typed = await ask(`Does mgmt cluster status say that on ${host.host}? (yes, no, all) `);
    if (typed === undefined) {
      return fail("there is no terminal to ask on", {
        hint: "compare the fingerprints, then say --yes; or give it up with --abort",
      });
    }
    const word = typed.trim();
    if (word === "all") return ok([...chosen, ...hosts.slice(index)]);
    if (word === "yes" || word === "y") chosen.push(host);
    else if (word !== "no" && word !== "n") return notBegun("nothing was changed");
    else if (host.request.role === "server") {
      return notBegun(`${host.host} runs etcd: without it the cluster cannot become TLS`);
    }
  }
  return ok(chosen);
}

function notBegun(why: string): Result<never> {
  return fail(why, {
    hint: "give the order again when that is clear, or give it up with --abort",
  });
}

function explanation(hosts: readonly SecureCandidate[], off: readonly string[]): string {
  const lines = hosts.map(({ host, request: { role, key } }) =>
    `  ${host}${role === "server" ? ", runs etcd: gets the secret" : ""}\n    ${
      keyFingerprint(key)
    }`
  );
  return [
    "These hosts ask for a certificate, each with the key of which this is the fingerprint (SHA-256);",
    "mgmt cluster status says the same on the host itself:",
    ...lines,
    ...(off.length === 0 ? [] : [
      `Not there now: ${off.join(", ")}. What they need later: ${LATER}.`,
    ]),
    "Then each etcd is started anew three times, one after another; the exchange goes on meanwhile.",
    "",
  ].join("\n");
}

/** What a host needs that was not there. */
export const LATER =
  "a token (mgmt token create, on a host that runs etcd), and one start with --token-file";
