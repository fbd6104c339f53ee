/**
 * Whose the state is that a command asks for: hints for those who ask as another user.
 *
 * @module
 */

import { printable } from "../base/printable.ts";
import { ownUid, readAccounts } from "../os/accounts.ts";
import { lstat } from "../os/files/stat.ts";
import { defaultPrefix, ROOT_PREFIX } from "../os/state/state_directory.ts";
import { isThere } from "./agent_prefix.ts";

/** What to say where nothing is found at the default place of somebody, and root's agent has its own. */
export function rootsStateHint(prefix: string): string | undefined {
  const own = defaultPrefix();
  if (ownUid() === 0 || !own.ok || own.value !== prefix || !isThere(ROOT_PREFIX)) return undefined;
  return `the agent of root keeps its state in ${ROOT_PREFIX}: say this as root, for instance with sudo`;
}

/** Whose a prefix is that somebody else may not enter: `it belongs to root`; undefined: nobody else's. */
export function otherOwner(
  prefix: string,
): { readonly text: string; readonly hint: string } | undefined {
  try {
    const uid = lstat(prefix)?.uid ?? ownUid();
    if (uid === ownUid()) return undefined;
    const name = readAccounts().userName(uid ?? 0) ?? `user ${uid}`;
    return {
      text: `it belongs to ${printable(name)}`,
      hint: uid === 0
        ? "say this as root, for instance with sudo"
        : `say this as ${printable(name)} or as root, for instance with sudo`,
    };
  } catch {
    return undefined;
  }
}
