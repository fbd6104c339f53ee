/** Why a user would not be changed, as far as that can be told before. */

import { type Failure, failure } from "../../base/result.ts";
import type { Context } from "../../kind/kind.ts";
import { onlyRoot } from "../accounts/tools.ts";
import type { UserChange } from "./find.ts";
import type { UserParams } from "./params.ts";

/** userdel and usermod refuse it, too: what runs would go on with a number that is nobody's. */
export async function userRefusal(
  { idleUid, do: does }: UserChange,
  { name }: UserParams,
  context: Context,
): Promise<Failure | undefined> {
  const forbidden = onlyRoot(`change the user ${name}`, context);
  if (forbidden !== undefined || idleUid === undefined) return forbidden;
  const busy = await context.host.processes.ofUser(idleUid);
  if (busy === undefined) return undefined;
  const what = does === "remove" ? "be removed" : "get another number or home";
  return failure(
    `the user ${name} cannot ${what}: ${busy.name} (process ${busy.pid}) runs as that user`,
    { code: "user-busy", needs: [], hint: "log the user out, and end or stop what runs" },
  );
}
