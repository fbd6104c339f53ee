/**
 * The time zone of a host: where /etc/localtime leads, and on Debian what /etc/timezone says.
 *
 * @module
 */

import { chainOk } from "../../base/chain.ts";
import { LIMITS } from "../../base/limits.ts";
import { type Awaitable, fail, ok, type Result } from "../../base/result.ts";
import type { WorkContext } from "../../kind/work_context.ts";
import type { Sight } from "../../os/files/files.ts";
import { resolvePath } from "../shared/files/path.ts";

/** The link that programs follow. */
export const LOCALTIME = "/etc/localtime";
/** What some of Debian's packages read; kept where it is there. */
export const TIMEZONE = "/etc/timezone";
const ZONES = "/usr/share/zoneinfo";

/** What a timezone resource asks for; plain data. */
export interface TimezoneParams {
  readonly zone: string;
}

/** What is not as it should be, with what stands there now. */
export interface ZoneDrift {
  readonly link: Sight | undefined;
  readonly file: Sight | undefined;
  readonly reason: string;
}

/** The file of a time zone. */
export function zoneFile(zone: string): string {
  return `${ZONES}/${zone}`;
}

/** What has to change now; undefined: nothing. */
export function findZone(
  { zone }: TimezoneParams,
  context: WorkContext,
): Awaitable<Result<ZoneDrift | undefined>> {
  const { host: { files }, signal } = context;
  return chainOk(
    files.look(LOCALTIME, { signal }),
    (link) =>
      chainOk(files.look(TIMEZONE, { contentUpToBytes: LIMITS.syncReadBytes, signal }), (file) => {
        if (link.type === "directory" || link.type === "other") {
          return fail(`${LOCALTIME} is no link`, { code: "wrong-type", hint: "remove it" });
        }
        const now = zoneOf(link);
        const named = file.type === "file" ? new TextDecoder().decode(file.content).trim() : zone;
        const words = [
          ...(now === zone ? [] : [`the time zone is ${now ?? "another"}`]),
          ...(named === zone ? [] : [`${TIMEZONE} says ${JSON.stringify(named)}`]),
        ];
        if (words.length === 0) return ok(undefined);
        return ok({
          link: now === zone ? undefined : link,
          file: named === zone ? undefined : file,
          reason: words.join(", "),
        });
      }),
  );
}

/** Without a link the time is UTC; what is copied there has no name. */
function zoneOf(link: Sight): string | undefined {
  if (link.type === "absent") return "UTC";
  if (link.type !== "symlink") return undefined;
  const target = resolvePath(link.directory, link.target);
  return target.startsWith(`${ZONES}/`) ? target.slice(ZONES.length + 1) : target;
}
