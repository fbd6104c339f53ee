/**
 * The kind `timezone`: the time zone of the host.
 *
 * @module
 */

import { chain } from "../../base/chain.ts";
import type { Claim } from "../../kind/claim.ts";
import { defineKind, drift } from "../../kind/kind.ts";
import type { ThingBefore } from "../../kind/undo.ts";
import { foreseePath, lookAtPath, pathBefore, restorePath } from "../shared/undo/paths.ts";
import { applyZone, refuseZone } from "./apply.ts";
import {
  findZone,
  LOCALTIME,
  TIMEZONE,
  type TimezoneParams,
  type ZoneDrift,
  zoneFile,
} from "./check.ts";
import { isZone, TIMEZONE_FIELDS, type TimezoneFields, ZONE_MISTAKE } from "./fields.ts";

/** The time zone of the host. */
export default defineKind<TimezoneFields, TimezoneParams, ZoneDrift, undefined>({
  kind: "timezone",
  summary: "the time zone of the host, in /etc/localtime; one in a graph",
  fields: TIMEZONE_FIELDS,
  examples: [
    `graph: timezone
resources:
  timezone:
  - name: Europe/Vienna
`,
  ],
  resolve: ({ zone }, { name, issue }) => {
    if (zone === undefined && !isZone(name)) {
      issue({
        path: ["name"],
        message: `${JSON.stringify(name)} ${ZONE_MISTAKE}`,
        hint: "write zone",
      });
    }
    return { zone: zone ?? name };
  },
  identity: () => "the time zone of this host",
  remains: () => ({ at: "path", paths: [LOCALTIME] }),
  claims: (): readonly Claim[] => [
    { path: LOCALTIME, says: "all", type: "link" },
    { path: TIMEZONE, says: "all", type: "file", entry: "indifferent" },
  ],
  expects: () => [{ path: LOCALTIME, reach: "itself" }, { path: TIMEZONE, reach: "itself" }],
  relations: ({ zone }) => ({
    provides: [`path:${LOCALTIME}`, `path:${TIMEZONE}`],
    needs: ["package:tzdata", `package-of:${zoneFile(zone)}`],
  }),
  controls: () => [LOCALTIME, TIMEZONE].map((subject) => ({ subject, part: false })),
  memory: () => undefined,
  check: (params, context) =>
    chain(findZone(params, context), (found) => {
      if (!found.ok) return found.failure;
      return found.value && drift(found.value.reason, found.value);
    }),
  refuses: refuseZone,
  apply: (_plan, params, context) => applyZone(params, context),
  undo: {
    touches: async ({ link, file }, _params, context) => {
      const things: ThingBefore[] = [];
      for (const [path, seen] of [[LOCALTIME, link], [TIMEZONE, file]] as const) {
        const thing = seen && await pathBefore(path, seen, context);
        if (thing?.ok === false) return thing;
        if (thing !== undefined) things.push(thing.value);
      }
      return { ok: true, value: things };
    },
    look: lookAtPath,
    foresees: foreseePath,
    restore: restorePath,
  },
  watch: (_params, { host, changed }) => {
    const watches = [LOCALTIME, TIMEZONE].map((path) =>
      host.watcher.watch({ path, tree: false, changed })
    );
    return { close: () => watches.forEach((watch) => watch.close()) };
  },
  heals: true,
  changesHost: true,
  preview: "full",
});
