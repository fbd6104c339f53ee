/**
 * What `mgmt secret` does.
 *
 * @module
 */

import { join, resolve } from "node:path";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { isSecretName } from "../../base/secret_token.ts";
import { tableText } from "../../base/table.ts";
import { isTerminal } from "../../os/environment.ts";
import { readGraphBytes } from "../../os/graph_text.ts";
import { stateDirectory } from "../../os/state/state_directory.ts";
import { encryptFor, newIdentity, recipientOf } from "../../secrets/age.ts";
import { IDENTITY_NAME } from "../../secrets/identity.ts";
import { ALL_OTHERS, type Recipients, recipientsOf } from "../../secrets/recipients.ts";
import { placePrefix } from "../agent_prefix.ts";
import type { GivenFlags } from "../flags.ts";
import { trustByHand } from "../graph/graph_trust.ts";
import { unsafePrefix } from "../prefix_trust.ts";
import { SecretFiles } from "./secret_files.ts";

/** What the command line says. */
export interface SecretCommand {
  /** Those that say which prefix is meant. */
  readonly flags: GivenFlags;
  /** Where the encrypted files are, as the user named it. */
  readonly directory: string;
  /** For whom; absent: as it is written down. */
  readonly to?: readonly string[] | undefined;
  /** A further file of keys. */
  readonly identity?: string | undefined;
}

/** The key of this host, made where there is none; the result is for whom to encrypt. */
export async function identity({ flags }: Pick<SecretCommand, "flags">): Promise<Result<string>> {
  const prefix = placePrefix({ flags });
  if (!prefix.ok) return prefix;
  const unsafe = await unsafePrefix(prefix.value, trustByHand());
  if (unsafe !== undefined) return { ok: false, failure: unsafe };
  const path = join(prefix.value, IDENTITY_NAME);
  const known = await new SecretFiles(prefix.value).identities([path]);
  if (!known.ok) return known;
  let [key] = known.value;
  if (key === undefined) {
    key = await newIdentity();
    const written = stateDirectory(prefix.value).write(IDENTITY_NAME, `${key}\n`);
    if (!written.ok) return written;
  }
  const recipient = await recipientOf(key);
  return recipient.ok ? ok(`${recipient.value}\n`) : recipient;
}

/** Encrypts what stands on the standard input. */
export async function encrypt(name: string, command: SecretCommand): Promise<Result<string>> {
  if (isTerminal("stdin")) {
    return fail("what is typed here would be seen", {
      hint: `mgmt secret edit ${name}, or give it a file: mgmt secret encrypt ${name} < FILE`,
    });
  }
  const there = new SecretFiles(resolve(command.directory));
  const recipients = await forWhom(name, there, command);
  if (!recipients.ok) return recipients;
  const { bytes } = await readGraphBytes("-", LIMITS.secretBytes);
  if (!bytes.ok) return bytes;
  return await put(name, bytes.value, recipients.value, { there, command });
}

/** Encrypts secrets anew for those they are to be for now; without names all of them. */
export async function rekey(
  names: readonly string[],
  command: SecretCommand,
): Promise<Result<string>> {
  const there = new SecretFiles(resolve(command.directory));
  const keys = await keysOf(there, command);
  if (!keys.ok) return keys;
  const all = await there.names();
  if (!all.ok) return all;
  const missing = names.find((name) => !all.value.includes(name));
  if (missing !== undefined) return fail(`there is no ${there.pathOf(missing)}`);
  const { to } = command;
  if (to !== undefined) {
    const wrong = await encryptFor(new Uint8Array(), to);
    if (!wrong.ok) return wrong;
    for (const name of names.length === 0 ? [ALL_OTHERS] : names) {
      const set = await there.setRecipients(name, to);
      if (!set.ok) return set;
    }
  }
  const recipients = await there.recipients();
  if (!recipients.ok) return recipients;
  const done = await rekeyAll(names.length === 0 ? all.value : names, {
    there,
    recipients: recipients.value,
    keys: keys.value,
  });
  await there.landed();
  return done;
}

async function rekeyAll(
  names: readonly string[],
  { there, recipients, keys }: {
    readonly there: SecretFiles;
    readonly recipients: Recipients;
    readonly keys: readonly string[];
  },
): Promise<Result<string>> {
  // Nothing is written before all can be.
  const values: { name: string; value: Uint8Array; whom: readonly string[] }[] = [];
  for (const name of names) {
    const whom = recipientsOf(recipients, name);
    if (whom === undefined) return nobody(name);
    const value = await there.decrypt(name, keys);
    if (!value.ok) return value;
    if (value.value !== undefined) values.push({ name, value: value.value, whom });
  }
  for (const { name, value, whom } of values) {
    const written = await there.encrypt(name, value, whom);
    if (!written.ok) return written;
  }
  return ok(values.map(({ name, whom }) => `${name}: for ${countOf(whom)}\n`).join(""));
}

/** All secrets that are there, for how many each is, and whether the keys at hand can read it. */
export async function list(command: SecretCommand, asJson: boolean): Promise<Result<string>> {
  const there = new SecretFiles(resolve(command.directory));
  const [names, recipients, keys] = [
    await there.names(),
    await there.recipients(),
    await keysOf(there, command),
  ];
  if (!names.ok) return names;
  if (!recipients.ok) return recipients;
  if (!keys.ok) return keys;
  const rows = [];
  for (const name of names.value) {
    const whom = recipientsOf(recipients.value, name) ?? [];
    const readable = (await there.decrypt(name, keys.value)).ok;
    rows.push({ name, recipients: whom, readable });
  }
  if (asJson) {
    return ok(`${JSON.stringify({ version: 1, type: "secrets", secrets: rows })}\n`);
  }
  const cells = rows.map(({ name, recipients: whom, readable }) => [
    name,
    whom.length === 0 ? "not written down" : countOf(whom),
    readable ? "yes" : "no",
  ]);
  return ok(tableText([["SECRET", "FOR", "READABLE HERE"], ...cells]));
}

/** Writes a value for those who are to read it. */
export async function put(
  name: string,
  value: Uint8Array,
  recipients: readonly string[],
  { there, command }: { readonly there: SecretFiles; readonly command: SecretCommand },
): Promise<Result<string>> {
  if (value.length === 0) return fail("the value is empty, so nothing is written");
  if (value.length > LIMITS.secretBytes) {
    return fail(`the value is larger than ${LIMITS.secretBytes} bytes`);
  }
  const written = await there.encrypt(name, value, recipients);
  if (!written.ok) return written;
  if (command.to !== undefined) {
    const set = await there.setRecipients(name, recipients);
    if (!set.ok) return set;
  }
  await there.landed();
  return ok(`${there.pathOf(name)}: for ${countOf(recipients)}\n`);
}

/** Who is to read a secret: as the command says, or as it is written down. */
export async function forWhom(
  name: string,
  there: SecretFiles,
  { to }: SecretCommand,
): Promise<Result<readonly string[]>> {
  if (!isSecretName(name)) {
    return fail(`${JSON.stringify(name)} is no name of a secret`, {
      hint: "it has letters, digits and _ . - (the last two not first)",
    });
  }
  const recipients = await there.recipients();
  if (!recipients.ok) return recipients;
  const found = to ?? recipientsOf(recipients.value, name);
  return found === undefined ? nobody(name) : ok(found);
}

function nobody(name: string): Result<never> {
  return fail(`for whom is ${name}?`, {
    hint: "name those who may read it with --to (a host shows its own with mgmt secret identity)",
  });
}

/** Those of this host or user, and those in the file that was named. */
export async function keysOf(
  there: SecretFiles,
  { flags, identity: named }: SecretCommand,
): Promise<Result<readonly string[]>> {
  const prefix = placePrefix({ flags });
  const own = prefix.ok ? [join(prefix.value, IDENTITY_NAME)] : [];
  const keys = await there.identities([...named === undefined ? [] : [resolve(named)], ...own]);
  if (keys.ok && named !== undefined && keys.value.length === 0) {
    return fail(`there is no key in ${named}`);
  }
  return keys;
}

function countOf(recipients: readonly string[]): string {
  return recipients.length === 1 ? "1 recipient" : `${recipients.length} recipients`;
}
