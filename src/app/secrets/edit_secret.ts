/**
 * What `mgmt secret edit` does: nothing that somebody has written is lost without a word, be it in the
 * editor or meanwhile in the file.
 *
 * @module
 */

import { resolve } from "node:path";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { editText } from "../../os/editor.ts";
import { recipientOf } from "../../secrets/age.ts";
import { forWhom, keysOf, put, type SecretCommand } from "./on_secrets.ts";
import { SecretFiles } from "./secret_files.ts";

/** What is too large for a secret is kept up to here; encrypted it can still be read. */
const KEPT_BYTES = 512 * 1024;

const LF = 10;

/** Has a secret edited, or a new one written. */
export async function edit(
  name: string,
  command: SecretCommand,
  editor: string,
): Promise<Result<string>> {
  const there = new SecretFiles(resolve(command.directory));
  const recipients = await forWhom(name, there, command);
  if (!recipients.ok) return recipients;
  const keys = await keysOf(there, command);
  if (!keys.ok) return keys;
  const fileBefore = await there.encrypted(name);
  if (!fileBefore.ok) return fileBefore;
  const before = await there.decrypt(name, keys.value);
  if (!before.ok) return before;
  const edited = await editText(name, before.value ?? new Uint8Array(), editor, KEPT_BYTES);
  if (!edited.ok) return edited;
  const { value } = edited;
  if (before.value !== undefined && isSame(before.value, value)) return ok("nothing was changed\n");
  const endsAnew = before.value !== undefined && before.value.at(-1) !== LF && value.at(-1) === LF;
  if (endsAnew && isSame(before.value ?? value, value.subarray(0, -1))) {
    return ok(
      "nothing was changed but the line break at the end, which editors put there: it is left away " +
        `(to have it, use mgmt secret encrypt ${name})\n`,
    );
  }
  const done = await write(name, value, { there, command, fileBefore: fileBefore.value });
  if (!done.ok) {
    return value.length === 0 ? done : await kept(name, value, {
      ...{ there, keys: keys.value, recipients: recipients.value },
      why: done,
    });
  }
  const note = `the value ends with a line break now: ${name}:trim in the graph takes it away\n`;
  return endsAnew ? ok(done.value + note) : done;
}

/** Also for whom it is may have changed meanwhile. */
async function write(
  name: string,
  value: Uint8Array,
  { there, command, fileBefore }: {
    readonly there: SecretFiles;
    readonly command: SecretCommand;
    readonly fileBefore: Uint8Array;
  },
): Promise<Result<string>> {
  const recipients = await forWhom(name, there, command);
  if (!recipients.ok) return recipients;
  const now = await there.encrypted(name);
  if (!now.ok) return now;
  if (!isSame(now.value, fileBefore)) {
    return fail(
      `somebody else has changed ${there.pathOf(name)} meanwhile, so it is left as it is`,
    );
  }
  return await put(name, value, recipients.value, { there, command });
}

/** What was written by hand and cannot be put in its place, as another secret, for who wrote it. */
async function kept(
  name: string,
  value: Uint8Array,
  { there, keys, recipients, why }: {
    readonly there: SecretFiles;
    readonly keys: readonly string[];
    readonly recipients: readonly string[];
    readonly why: Result<string> & { ok: false };
  },
): Promise<Result<string>> {
  const { message } = why.failure;
  const own = [];
  for (const key of keys) {
    const recipient = await recipientOf(key);
    if (recipient.ok) own.push(recipient.value);
  }
  const whom = own.length > 0 ? own : recipients;
  const all = await there.names();
  const names = all.ok ? new Set(all.value) : new Set<string>();
  let other = `${name}.edited`;
  for (let count = 2; names.has(other) && count <= LIMITS.secrets; count++) {
    other = `${name}.edited-${count}`;
  }
  const isFree = all.ok && !names.has(other);
  const written = isFree ? await there.encrypt(other, value, whom) : all;
  if (!written.ok || !isFree) {
    return fail(`${message}; what you wrote could not be kept either, and is lost`);
  }
  const set = await there.setRecipients(other, whom);
  await there.landed();
  if (!set.ok) return set;
  return fail(`${message}. What you wrote is kept, encrypted, in ${there.pathOf(other)}`, {
    hint:
      `see it with mgmt secret edit ${other}, bring it into ${name} with mgmt secret edit ${name}, ` +
      `then remove that file and its line in recipients`,
  });
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
