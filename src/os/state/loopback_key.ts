/**
 * The secret of one user's agents on this machine: whoever has it may make resources in their
 * clusters, while anybody here may reach the store.
 *
 * @module
 */

import * as fs from "node:fs";
import { join } from "node:path";
import { fail, ok, reasonOf, type Result } from "../../base/result.ts";
import * as descriptors from "../files/descriptors.ts";
import type { Random } from "../random.ts";
import { defaultPrefix } from "./state_directory.ts";

const NAME = "loopback.key";
const BYTES = 32;
/** As hexadecimal digits. */
const SIZE = 2 * BYTES;

/**
 * Reads the secret from the default state directory of this user, whatever the prefix, so that all of
 * his agents have the same. Undefined: there is none, and none is made.
 */
export function readLoopbackKey(directory = keyDirectory()): Result<string | undefined> {
  if (!directory.ok) return directory;
  const path = join(directory.value, NAME);
  try {
    return readKey(path);
  } catch (thrown) {
    return codeOf(thrown) === "ENOENT" ? ok(undefined) : refused(path, reasonOf(thrown));
  }
}

/** Reads it, and makes it where there is none. */
export function loopbackKey(random: Random, directory = keyDirectory()): Result<string> {
  for (let isMade = false;; isMade = true) {
    const found = readLoopbackKey(directory);
    if (!found.ok) return found;
    if (found.value !== undefined) return ok(found.value);
    if (!directory.ok) return directory;
    const path = join(directory.value, NAME);
    if (isMade) return refused(path, "it is gone as soon as it is made");
    try {
      makeKey(directory.value, path, random);
    } catch (thrown) {
      return refused(path, reasonOf(thrown));
    }
  }
}

function keyDirectory(): Result<string> {
  const directory = defaultPrefix();
  if (directory.ok) return directory;
  return fail(`there is no place for ${NAME}, by which the agents of this user know each other`, {
    hint: "set HOME or XDG_STATE_HOME to a directory of this user",
  });
}

/** Whole or not at all; where another agent was first, its secret stays. */
function makeKey(directory: string, path: string, random: Random): void {
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const draft = join(directory, `.${NAME}.${random.hex(8)}~`);
  const file = descriptors.openNew(draft);
  try {
    descriptors.changeMode(file, 0o600);
    descriptors.writeAll(file, new TextEncoder().encode(random.hex(BYTES)));
    descriptors.sync(file);
    linkNew(draft, path);
  } finally {
    descriptors.close(file);
    fs.rmSync(draft, { force: true });
  }
  descriptors.syncDirectory(directory);
}

function linkNew(draft: string, path: string): void {
  try {
    fs.linkSync(draft, path);
  } catch (thrown) {
    if (codeOf(thrown) !== "EEXIST") throw thrown;
  }
}

function readKey(path: string): Result<string> {
  const file = descriptors.openToRead(path);
  try {
    const { isFile, uid, mode, size } = descriptors.statOpen(file);
    const why = !isFile
      ? "it is no regular file"
      : uid !== Deno.uid()
      ? `it belongs to the user with the number ${uid}`
      : mode !== 0o600
      ? `its mode is ${mode.toString(8).padStart(4, "0")}, not 0600`
      : size !== SIZE
      ? `it has ${size} bytes, not ${SIZE}`
      : undefined;
    if (why !== undefined) return refused(path, why);
    const digits = new TextDecoder().decode(descriptors.readUpTo(file, SIZE));
    return /^[0-9a-f]+$/.test(digits) ? ok(digits) : refused(path, "it does not hold a key");
  } finally {
    descriptors.close(file);
  }
}

function refused(path: string, why: string): Result<never> {
  return fail(`${path} cannot be used: ${why}`, {
    hint: "if others may have read or written it, remove it and start all agents of this user " +
      "again: they make a new one",
  });
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
}
