/** Which clusters speak TLS: by flags, addresses and what the prefix knows. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import {
  decideTrust,
  type TrustFacts,
  type TrustWish,
} from "../../../src/app/cluster/trust_mode.ts";
import { runSettings } from "../../../src/app/settings.ts";

interface Given extends Partial<TrustWish>, Partial<Omit<TrustFacts, "wish">> {}

function decide(given: Given) {
  const { tls = false, insecurePlaintext = false, said = {}, ...rest } = given;
  const { secretFile, token, tokenFile, ...facts } = rest;
  const wish = {
    ...{ tls, insecurePlaintext, said },
    ...(secretFile && { secretFile }),
    ...(token && { token }),
    ...(tokenFile && { tokenFile }),
  };
  const usual = { known: "none", place: "/p", exposed: false, seeks: false } as const;
  return decideTrust({ wish, ...usual, ...facts });
}

const FILE = "/root/secret";
const HTTP = { http: "--seeds: http://10.0.0.1:2379" };
const HTTPS = { https: "--seeds: https://10.0.0.1:2379" };

const DECIDED: readonly (readonly [string, Given, string])[] = [
  ["on one machine", {}, "http loopback"],
  ["on one machine, others there", { seeks: true }, "http loopback"],
  ["alone, reached by other machines", { exposed: true }, "https usual"],
  ["alone, with https", { exposed: true, said: HTTPS }, "https usual"],
  ["plain because it was said", { exposed: true, insecurePlaintext: true }, "http asked"],
  ["on one machine, plain because it was said", { insecurePlaintext: true }, "http asked"],
  [
    "addresses with http, plain",
    { insecurePlaintext: true, exposed: true, said: HTTP },
    "http asked",
  ],
  ["addresses with http, on one machine", { said: HTTP }, "http loopback"],
  ["alone, with TLS", { tls: true }, "https asked"],
  ["alone, with TLS, reached by others", { tls: true, exposed: true }, "https asked"],
  ["with a secret", { secretFile: FILE, seeks: true }, "https asked"],
  ["with a secret and TLS", { tls: true, secretFile: FILE, seeks: true }, "https asked"],
  ["with a secret and https", { secretFile: FILE, said: HTTPS }, "https asked"],
  ["with a token", { token: "mgmt1-x", seeks: true }, "https asked"],
  ["with a token in a file", { tokenFile: FILE, seeks: true, said: HTTPS }, "https asked"],
  ["in a TLS cluster, the token again", { known: "tls", token: "mgmt1-x" }, "https known"],
  ["in a TLS cluster, later", { known: "tls", seeks: true }, "https known"],
  ["in a TLS cluster, later, said again", { known: "tls", tls: true, seeks: true }, "https known"],
  ["in a TLS cluster, the secret again", { known: "tls", secretFile: FILE }, "https known"],
  ["in a TLS cluster, with https", { known: "tls", said: HTTPS }, "https known"],
  ["certificates gone, with the secret", { known: "lost", secretFile: FILE }, "https known"],
  ["certificates gone, with a token", { known: "lost", token: "mgmt1-x" }, "https known"],
  ["certificates gone, with a token's file", { known: "lost", tokenFile: FILE }, "https known"],
  [
    "in a cluster that has become TLS, as its unit said before",
    { known: "tls", wasPlain: true, insecurePlaintext: true, said: HTTP, exposed: true },
    "https known",
  ],
  [
    "in a plain cluster, let in by the TLS cluster that it has become",
    { known: "plain", isMember: false, tokenFile: FILE, exposed: true },
    "https asked",
  ],
  ["in a plain cluster, later", { known: "plain", exposed: true }, "http known"],
  [
    "in a plain cluster, later, said again",
    { known: "plain", exposed: true, insecurePlaintext: true },
    "http asked",
  ],
  ["in a plain cluster of this machine", { known: "plain" }, "http loopback"],
  ["in a plain cluster, said again", { known: "plain", insecurePlaintext: true }, "http loopback"],
];

for (const [what, given, decided] of DECIDED) {
  Deno.test(`how a cluster speaks: ${what}: ${decided}`, () => {
    const mode = decide(given);
    assert(mode.ok, mode.ok ? "" : mode.failure.message);
    assertEquals(`${mode.value.scheme} ${mode.value.why}`, decided);
  });
}

const REFUSED: readonly (readonly [string, Given, string, string])[] = [
  ["--tls and --insecure-plaintext", { tls: true, insecurePlaintext: true }, "exclude each", ""],
  [
    "a secret and --insecure-plaintext",
    { secretFile: FILE, insecurePlaintext: true },
    "exclude",
    "",
  ],
  ["a token and a secret", { token: "mgmt1-x", secretFile: FILE }, "exclude", "one of them"],
  ["a token and its file", { token: "mgmt1-x", tokenFile: FILE }, "exclude", "one of them"],
  ["a token and plain text", { token: "x", insecurePlaintext: true }, "exclude", ""],
  [
    "a token in a plain cluster",
    { known: "plain", token: "x" },
    "--token: /p is",
    "mgmt cluster secure",
  ],
  ["a token and http", { tokenFile: FILE, said: HTTP }, "speaks TLS", "write https://"],
  ["plain text in a TLS cluster", { known: "tls", insecurePlaintext: true }, "/p is that", "leave"],
  [
    "--tls in a plain cluster",
    { known: "plain", tls: true },
    "--tls: /p is",
    "mgmt cluster secure",
  ],
  [
    "a secret in a plain cluster",
    { known: "plain", secretFile: FILE },
    "--secret-file: /p is",
    "leave --secret-file out",
  ],
  ["certificates gone", { known: "lost" }, "no /p/cluster/trust/ca.pem", "--secret-file FILE"],
  ["certificates gone, reached by others", { known: "lost", exposed: true }, "TLS", "--token-file"],
  ["certificates gone, --tls", { known: "lost", tls: true }, "TLS cluster", "from a copy"],
  [
    "certificates gone, plain text",
    { known: "lost", insecurePlaintext: true },
    "TLS cluster",
    "leave --insecure-plaintext out",
  ],
  [
    "a token for a member of a plain cluster",
    { known: "plain", isMember: true, token: "mgmt1-x" },
    "plain cluster",
    "leave --token out",
  ],
  [
    "certificates gone after it has become TLS, plain text",
    { known: "lost", wasPlain: true, insecurePlaintext: true },
    "TLS cluster",
    "leave --insecure-plaintext out",
  ],
  ["certificates gone, http", { known: "lost", secretFile: FILE, said: HTTP }, "TLS", "https://"],
  ["http in a new TLS cluster", { tls: true, said: HTTP }, "speaks TLS", "write https://"],
  ["http in a known TLS cluster", { known: "tls", said: HTTP }, HTTP.http, "write https://"],
  ["https in a known plain cluster", { known: "plain", said: HTTPS }, HTTPS.https, "alone"],
  ["https on one machine", { said: HTTPS }, "speaks plain text", "give --tls"],
  ["http with other machines", { exposed: true, said: HTTP }, "speaks TLS", "write https://"],
  ["seeds and nothing to show", { exposed: true, seeks: true }, "no certificate", "--secret-file"],
  ["seeds in plain text", { exposed: true, seeks: true }, "no certificate", "--insecure-plaintext"],
  [
    "https and --insecure-plaintext",
    { insecurePlaintext: true, said: HTTPS },
    "speaks plain text",
    "leave --insecure-plaintext out",
  ],
  [
    "TLS beside others, without a secret",
    { tls: true, seeks: true },
    "no certificate",
    "mgmt token create",
  ],
];

for (const [what, given, message, hint] of REFUSED) {
  Deno.test(`how a cluster speaks: ${what} is refused, with what to write`, () => {
    const mode = decide(given);
    assert(!mode.ok, "it was decided");
    assertStringIncludes(mode.failure.message, message);
    assertStringIncludes(mode.failure.hint ?? "", hint);
  });
}

Deno.test("which schemes were written, and where, is kept from flags and the environment", () => {
  const flags = { "file": "g", "client-urls": "10.0.0.1", "secret-file": "f", "tls": "true" };
  const environment: Record<string, string> = {
    MGMT_SEEDS: "h2,https://h3,http://h4:1,https://h5",
  };
  const read = runSettings(new Map(Object.entries(flags)), {
    environment: (name) => environment[name],
    talkIsTerminal: false,
    randomSeed: () => 1,
  });
  assert(read.ok);
  assertEquals(read.value.cluster.trust, {
    tls: true,
    insecurePlaintext: false,
    secretFile: join(Deno.cwd(), "f"),
    said: { https: "MGMT_SEEDS: https://h3:2379", http: "MGMT_SEEDS: http://h4:1" },
  });
});
