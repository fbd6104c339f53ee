// both runtimes: keys and signatures are the runtime's
import { assertEquals, assertMatch } from "@std/assert";
import { newIdentity, recipientOf } from "../../../src/secrets/age.ts";
import { answerText, readAnswer } from "../../../src/trust/answer.ts";
import { checkCertificate } from "../../../src/trust/certificate.ts";
import { newKeys } from "../../../src/trust/issuing.ts";
import { readRequest, requestText, type RequestWish } from "../../../src/trust/request.ts";
import { X509Certificate } from "../../../src/trust/x509.ts";
import { RANDOM, testAuthority } from "../../support/trust.ts";
import { refusal, unwrap } from "../../support/unwrap.ts";

const PURPOSE = "join-0123456789abcdef";

/** A host that asks: what it has and what it wrote. */
async function aHost(role: RequestWish["role"] = "agent", purpose = PURPOSE) {
  const keys = await newKeys();
  const identity = await newIdentity();
  const wish = { role, host: "h3", recipient: unwrap(await recipientOf(identity)) };
  return { keys, identity, wish, ...await requestText(keys, wish, purpose) };
}

Deno.test("a host that asks is certified as its key's own, and as nothing that it says beside", async () => {
  const { secret } = await testAuthority();
  const host = await aHost();
  const boasting = JSON.stringify({
    ...JSON.parse(host.text),
    ...{ id: "0".repeat(32), cn: "root", subject: "CN=root", ca: true, names: ["mgmt-etcd"] },
  });
  const request = unwrap(await readRequest(boasting, host.key, PURPOSE));
  assertEquals(request.id, host.key.slice(0, 32));
  const answering = { secret, believed: secret.cert, random: RANDOM };
  const text = unwrap(await answerText(request, answering)).text;
  const asked = { ...host, id: request.id, publicKey: host.keys.publicKey, believed: secret.cert };
  const answer = unwrap(await readAnswer(text, asked));
  if (answer.role !== "agent") throw new Error("not an agent");
  const { holder } = unwrap(await checkCertificate(answer.cert, { believed: secret.cert }));
  assertEquals(holder, { type: "host", id: request.id });
  const cert = new X509Certificate(answer.cert);
  assertEquals(cert.subject, `CN=${request.id}`);
  assertEquals(cert.extensions.map(({ type }) => type).includes("2.5.29.17"), false);
});

Deno.test("a request is refused that is another key's, for something else, or was changed", async () => {
  const [host, other] = [await aHost(), await aHost("server")];
  const why = async (text: string, key = host.key, purpose = PURPOSE) =>
    refusal(await readRequest(text, key, purpose)).message;
  assertMatch(await why(host.text, other.key), /where that of another key belongs/);
  assertMatch(await why(host.text, "root"), /where that of another key belongs/);
  assertMatch(await why(host.text, host.key, "join-fedcba9876543210"), /does not have the key/);
  const changed = (fields: Record<string, unknown>) =>
    JSON.stringify({ ...JSON.parse(host.text), ...fields });
  assertMatch(await why(changed({ role: "server" })), /does not have the key/);
  assertMatch(await why(changed({ host: "h4" })), /does not have the key/);
  assertMatch(await why(changed({ recipient: other.wish.recipient })), /does not have the key/);
  assertMatch(await why(changed({ proof: JSON.parse(other.text).proof })), /does not have the key/);
  const { publicKey } = JSON.parse(other.text);
  assertMatch(await why(changed({ publicKey }), other.key), /does not have the key/);
  assertMatch(await why(changed({ role: "root" })), /no role/);
  assertMatch(await why(changed({ host: "../h" })), /no name of a host/);
  assertMatch(await why(changed({ host: "h\nagent" })), /no name of a host/);
  assertMatch(await why(changed({ recipient: "age1short" })), /for whom to encrypt/);
  assertMatch(await why(changed({ publicKey: "AAAA" })), /no key and proof/);
  // Only who gets nothing secret may leave out for whom.
  assertMatch(await why(changed({ recipient: "", role: "server" })), /for whom to encrypt/);
  assertMatch(await why(changed({ version: 2 })), /of this version/);
  for (const text of ["", "null", "[]", "{", "x".repeat(1e6), `"${host.text}"`]) {
    assertMatch(await why(text), /of this version/);
  }
});

Deno.test("the secret of the cluster is read by the host that asked for it, and by nobody else", async () => {
  const { secret } = await testAuthority();
  const [host, other] = [await aHost("server"), await aHost("server")];
  const request = unwrap(await readRequest(host.text, host.key, PURPOSE));
  const answering = { secret, believed: secret.cert, random: RANDOM };
  const text = unwrap(await answerText(request, answering)).text;
  for (const part of secret.key.split("\n").slice(1, 3)) assertEquals(text.includes(part), false);
  const asked = { ...host, id: request.id, publicKey: host.keys.publicKey, believed: secret.cert };
  assertEquals(unwrap(await readAnswer(text, asked)), { role: "server", secret });
  const { identity } = other;
  const message = refusal(await readAnswer(text, { ...asked, identity })).message;
  assertMatch(message, /encrypted for another host/);
  const alien = (await testAuthority()).secret;
  assertMatch(
    refusal(await readAnswer(text, { ...asked, believed: alien.cert })).message,
    /of another cluster/,
  );
});

Deno.test("an answer that is another host's or another cluster's is refused", async () => {
  const { secret } = await testAuthority();
  const alien = (await testAuthority()).secret;
  const [host, other] = [await aHost(), await aHost()];
  const request = unwrap(await readRequest(host.text, host.key, PURPOSE));
  const asked = { ...host, id: request.id, publicKey: host.keys.publicKey, believed: secret.cert };
  const why = async (text: string) => refusal(await readAnswer(text, asked)).message;
  const others = unwrap(await readRequest(other.text, other.key, PURPOSE));
  const answering = { secret, believed: secret.cert, random: RANDOM };
  assertMatch(await why(unwrap(await answerText(others, answering)).text), /for another host/);
  const { publicKey } = others;
  const exchanged = unwrap(await answerText({ ...request, publicKey }, answering)).text;
  assertMatch(await why(exchanged), /for another key/);
  const aliens = unwrap(await answerText(request, { ...answering, secret: alien })).text;
  assertMatch(await why(aliens), /not signed by this cluster/);
  const elsewhere = unwrap(await answerText(request, { ...answering, believed: alien.cert })).text;
  assertMatch(await why(elsewhere), /of another cluster/);
  for (const text of ["", "{}", '{"version":1}', '{"version":1,"sealed":"x"}', "x".repeat(1e6)]) {
    assertMatch(await why(text), /answer is refused/);
  }
});

Deno.test("who asks for a secret that nobody can read is refused, and ends nothing", async () => {
  const { secret } = await testAuthority();
  // The point zero of the curve, which no key has: whatever is encrypted for it would be open to all.
  const recipient = "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z";
  const keys = await newKeys();
  const { key, text } = await requestText(keys, { role: "server", host: "h3", recipient }, PURPOSE);
  const request = unwrap(await readRequest(text, key, PURPOSE));
  const answered = await answerText(request, { secret, believed: secret.cert, random: RANDOM });
  assertEquals(refusal(answered).code, "no-recipient");
});
