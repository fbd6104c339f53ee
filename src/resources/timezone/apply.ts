/**
 * Setting the time zone of a host.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { KindContext } from "../../kind/kind.ts";
import { foreseeChange } from "../shared/files/foresee.ts";
import {
  findZone,
  LOCALTIME,
  TIMEZONE,
  type TimezoneParams,
  type ZoneDrift,
  zoneFile,
} from "./check.ts";

/** Why the time zone would not be set. */
export async function refuseZone(
  { link, file }: ZoneDrift,
  { zone }: TimezoneParams,
  context: KindContext,
): Promise<Failure | undefined> {
  const there = await context.host.files.look(zoneFile(zone));
  if (!there.ok) return there.failure;
  // A zone may be another name of another.
  if (!["file", "symlink"].includes(there.value.type) && !context.comes(zoneFile(zone))) {
    return failure(`there is no time zone ${zone} on this host: ${zoneFile(zone)} is no file`, {
      code: "no-zone",
      needs: [zoneFile(zone)],
      hint: "write it as timedatectl list-timezones does; they are in the package tzdata",
    });
  }
  if (!context.noop) return undefined;
  return (link && await foreseeChange({ path: LOCALTIME, seen: link, does: "make" }, context)) ??
    (file && await foreseeChange({ path: TIMEZONE, seen: file, does: "replace" }, context));
}

/** Does what is to be done. */
export async function applyZone(
  params: TimezoneParams,
  context: KindContext,
): Promise<Failure | undefined> {
  const found = await findZone(params, context);
  if (!found.ok) return found.failure;
  const { link, file } = found.value ?? {};
  const { host: { files }, signal } = context;
  if (link !== undefined) {
    const kept = link.type === "absent" ? undefined : await files.backup(LOCALTIME, link);
    if (kept?.ok === false) return kept.failure;
    // Relative, as systemd makes it, so that it holds in a root directory that is looked at from outside.
    const made = await files.makeLink(LOCALTIME, `..${zoneFile(params.zone)}`, { seen: link });
    if (!made.ok) return made.failure;
  }
  if (file === undefined) return undefined;
  const kept = await files.backup(TIMEZONE, file);
  if (!kept.ok) return kept.failure;
  const content = new TextEncoder().encode(`${params.zone}\n`);
  const written = await files.write({ path: TIMEZONE, content, seen: file, signal });
  return written.ok ? undefined : written.failure;
}
