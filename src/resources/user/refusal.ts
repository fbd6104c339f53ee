/** Why a user would not be changed, as far as that can be told before. */

import { type Failure, failure } from "../../base/result.ts";
import type { KindContext } from "../../kind/kind.ts";
import { accountRefusal } from "../shared/accounts/refusal.ts";
import { toolsFor } from "./apply.ts";
import type { UserChange } from "./check.ts";
import type { UserParams } from "./params.ts";

/** userdel and usermod refuse it, too: what runs would go on with a number that is nobody's. */
export async function userRefusal(
  change: UserChange,
  { name }: UserParams,
  context: KindContext,
): Promise<Failure | undefined> {
  const { idleUid, do: does } = change;
  const refused = await accountRefusal(`change the user ${name}`, toolsFor(change), context);
  if (refused !== undefined || idleUid === undefined) return refused;
  const busy = await context.host.processes.ofUser(idleUid);
  if (busy === undefined) return undefined;
  const what = does === "remove" ? "be removed" : "get another number or home";
  return failure(
    `the user ${name} cannot ${what}: ${busy.name} (process ${busy.pid}) runs as that user`,
    { code: "user-busy", needs: [], hint: "log the user out, and end or stop what runs" },
  );
}
