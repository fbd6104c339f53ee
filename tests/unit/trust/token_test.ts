// both runtimes: sums, keys and base64 are the runtime's
import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { pointOfKey } from "../../../src/trust/key_pair.ts";
import { openToken } from "../../../src/trust/open_token.ts";
import { operatorText, readOperatorFile } from "../../../src/trust/operator_file.ts";
import { readSecret, secretText } from "../../../src/trust/pem.ts";
import { createSigningKey } from "../../../src/trust/signing_key.ts";
import { type JoinToken, readToken, tokenText } from "../../../src/trust/token.ts";
import { testAuthority } from "../../support/trust.ts";
import { refusal, unwrap } from "../../support/unwrap.ts";

const ID = "0123456789abcdef";
const UNTIL = Date.UTC(2026, 11, 1, 12);
const ADDRESSES = ["https://10.0.0.1:2379", "https://10.0.0.2:2379", "https://[2001:db8::3]:2379"];

async function aToken(): Promise<JoinToken> {
  const { secret, issue } = await testAuthority();
  const shown = await issue({ type: "join", id: ID, untilMs: UNTIL });
  const open = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  if (!("publicKey" in open)) throw new Error("no pair");
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", open.publicKey)).toBase64();
  const operator = `-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----\n`;
  return {
    role: "server",
    believed: secret.cert,
    addresses: ADDRESSES,
    shown,
    operators: [operator],
  };
}

Deno.test("a token has all that a host needs to join, in one word that a terminal takes", async () => {
  const token = await aToken();
  const text = unwrap(await tokenText(token));
  assertMatch(text, /^mgmt1-[A-Za-z0-9_-]+$/);
  assert(text.length < 2000, `${text.length} characters`);
  assertEquals(unwrap(await readToken(text)), token);
  const lines = `  ${text.slice(0, 80)}\n${text.slice(80, 200)}\r\n ${text.slice(200)}\n`;
  assertEquals(unwrap(await openToken(lines)), { ...token, id: ID, untilMs: UNTIL });
  const bare: JoinToken = { ...token, role: "agent", operators: [] };
  assertEquals(unwrap(await readToken(unwrap(await tokenText(bare)))), bare);
});

Deno.test("what is wrong with a token is said, and never the token", async () => {
  const text = unwrap(await tokenText(await aToken()));
  const wrong: [string, RegExp][] = [
    ["", /it is empty/],
    ["  \n", /it is empty/],
    ["hunter2", /does not begin with mgmt1-/],
    [text.slice(3), /does not begin with mgmt1-/],
    [text.replace("mgmt1", "mgmt2"), /version 2, and this mgmt reads version 1/],
    [text.slice(0, -1), /missing or was changed/],
    [text.slice(0, 500), /missing or was changed/],
    [text + text, /characters, and a token at most|missing or was changed/],
    [`${text}AAAA`, /missing or was changed/],
    ["mgmt1-", /missing or was changed/],
    ["mgmt1-AAAA", /missing or was changed/],
    [`${text.slice(0, 99)}+${text.slice(100)}`, /character 100 is none of a token/],
    [`"${text}"`, /does not begin with/],
    [`mgmt1-${"A".repeat(100_000)}`, /has 100006 characters/],
    [secretText((await testAuthority()).secret), /a file of certificates or keys/],
  ];
  for (const [given, why] of wrong) {
    const { message, code, hint } = refusal(await readToken(given));
    assertMatch(message, why);
    assertEquals(code, "no-token");
    assertMatch(hint ?? "", /mgmt token create/);
    assertNotMatch(message, /[A-Za-z0-9_-]{40}/);
  }
  for (let at = 6; at < text.length; at += 17) {
    const other = text[at] === "A" ? "B" : "A";
    refusal(await readToken(text.slice(0, at) + other + text.slice(at + 1)));
  }
});

Deno.test("a token whose sum is right and whose parts are not is refused", async () => {
  const [token, other] = [await aToken(), await aToken()];
  const { issue } = await testAuthority();
  const root = await issue({ type: "root" });
  const mixed: JoinToken[] = [
    { ...token, believed: other.believed },
    { ...token, shown: other.shown },
    { ...token, shown: { cert: token.shown.cert, key: other.shown.key } },
    { ...token, shown: root },
    { ...token, believed: token.shown.cert },
  ];
  for (const each of mixed) {
    assertMatch(refusal(await openToken(unwrap(await tokenText(each)))).message, /it carries/);
  }
  const tooMuch: JoinToken[] = [
    { ...token, addresses: [] },
    { ...token, addresses: ["http://10.0.0.1:2379"] },
    { ...token, addresses: ["https://a/../b c"] },
    { ...token, addresses: Array.from({ length: 17 }, (_, at) => `https://10.0.0.${at}:1`) },
    { ...token, believed: "" },
    { ...token, believed: token.believed.repeat(3) },
    { ...token, addresses: [`https://${"a".repeat(3000)}:1`] },
  ];
  for (const each of tooMuch) refusal(await tokenText(each));
});

Deno.test("an operator's file is read back, also where an editor has changed its lines' ends, and no other file is one", async () => {
  const { secret, issue } = await testAuthority();
  const shown = await issue({ type: "operator", name: "ann-01020304", untilMs: UNTIL });
  const { signer } = await createSigningKey();
  const more = { believed: secret.cert, addresses: ADDRESSES };
  const file = { name: "ann", shown, untilMs: UNTIL, signer, ...more };
  const text = operatorText(file);
  assertEquals(unwrap(readOperatorFile(text)), file);
  const odd = unwrap(readOperatorFile(text.replaceAll("\n", "\r\n")));
  assertEquals([odd.name, odd.untilMs, odd.addresses], ["ann", UNTIL, ADDRESSES]);
  assertEquals(pointOfKey(odd.shown.key), pointOfKey(shown.key));
  const other = await issue({ type: "operator", name: "ann-01020304", untilMs: UNTIL });
  const others = [
    "",
    "\0\xff".repeat(5000),
    secretText(secret),
    shown.cert + shown.key + signer + secret.cert,
    text.replace(secret.cert, ""),
    text.replace(shown.key, ""),
    text.replace(shown.key, other.key),
    text.replace(signer, ""),
    text.replace("https://", "http://"),
    text.slice(0, -60),
    text + shown.key,
  ];
  for (const each of others) {
    const { code, message } = refusal(readOperatorFile(each));
    assertEquals(code, "no-operator", message);
    assertEquals(message.includes("BEGIN"), false);
  }
  refusal(readSecret(text));
});
