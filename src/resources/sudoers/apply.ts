/**
 * Putting a file of sudoers into force, and taking it away.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import { Turns } from "../../base/turns.ts";
import type { KindContext } from "../../kind/kind.ts";
import { patienceOf } from "../../kind/waiting.ts";
import { foreseeChange } from "../shared/files/foresee.ts";
import { findSudoersChange, SUDOERS_MODE, type SudoersChange } from "./check.ts";
import type { SudoersParams } from "./params.ts";
import { sudoersMistake } from "./visudo.ts";

/** Two files that are right alone may be wrong together: one is checked and written after the other. */
const turns = new Turns();

/** Why it would not be put into force. */
export async function refuseSudoers(
  { seen, isOther }: SudoersChange,
  params: SudoersParams,
  context: KindContext,
): Promise<Failure | undefined> {
  // Else it is asked when it has its turn.
  if (!context.noop) return undefined;
  const { path, absent } = params;
  const does = absent ? "remove" : isOther ? "replace" : "attributes";
  return await foreseeChange({ path, seen, does }, context) ??
    (absent || !isOther ? undefined : await sudoersMistake(params, context));
}

/** Does what is to be done. */
export async function applySudoers(
  params: SudoersParams,
  context: KindContext,
): Promise<Failure | undefined> {
  return await turns.take("sudoers", async () => {
    const found = await findSudoersChange(params, context);
    if (!found.ok) return found.failure;
    return found.value && await change(found.value, params, context);
  }, patienceOf(context));
}

async function change(
  { seen, isOther }: SudoersChange,
  params: SudoersParams,
  context: KindContext,
): Promise<Failure | undefined> {
  const { path, absent, content } = params;
  const { host: { files, users: { own } }, signal } = context;
  const attributes = { mode: SUDOERS_MODE, uid: own };
  if (!absent && !isOther) {
    const set = await files.setAttributes(path, seen, attributes);
    return set.ok ? undefined : set.failure;
  }
  const mistake = absent ? undefined : await sudoersMistake(params, context);
  if (mistake !== undefined) return mistake;
  const kept = seen.type === "absent" ? undefined : await files.backup(path, seen);
  if (kept?.ok === false) return kept.failure;
  const done = absent ? await files.remove(path, seen, { tree: false }) : await files.write({
    path,
    content: new TextEncoder().encode(content),
    seen,
    ifUnchanged: true,
    ...attributes,
    signal,
  });
  return done.ok ? undefined : done.failure;
}
