/**
 * The kind `svc`: units of systemd.
 *
 * @module
 */

import type { Watch } from "../../os/watch/watcher.ts";
import type { Claim } from "../../kind/claim.ts";
import { defineKind, type WatchContext } from "../../kind/kind.ts";
import { wishes } from "./aliases.ts";
import { apply, refresh, refreshes } from "./apply.ts";
import { check, type SvcPlan } from "./check.ts";
import { isUp } from "./differences.ts";
import { SVC_FIELDS, type SvcFields } from "./fields.ts";
import { maskPath, MASKS, relationsOf, resolveSvc, type SvcParams } from "./params.ts";
import { managerOf, QUICK, type SvcMemory } from "./target.ts";
import { SVC_UNDO } from "./undo.ts";

/** A systemd service (or another unit): whether it runs, and whether it starts with the host. */
export default defineKind<SvcFields, SvcParams, SvcPlan, SvcMemory>({
  kind: "svc",
  summary: "a systemd service: whether it runs, and whether it starts with the host",
  fields: SVC_FIELDS,
  emptyIsUnset: true,
  examples: [`graph: svc
resources:
  svc:
  - name: mgmt-example
    state: running
    startup: enabled
  file:
  - name: /etc/systemd/system/mgmt-example.service
    content: |
      [Service]
      ExecStart=sleep infinity
      [Install]
      WantedBy=multi-user.target
edges:
- from: {kind: file, name: /etc/systemd/system/mgmt-example.service}
  to: {kind: svc, name: mgmt-example}
  notify: true
`],
  resolve: resolveSvc,
  identity: ({ unit, session }) => session ? `session ${unit}` : unit,
  remains: () => ({ at: "elsewhere" }),
  claims: (params) => [
    ...wishes(params),
    ...maskPath(params).map((path): Claim => ({ path, says: "all", type: "link" })),
  ],
  expects: () => [{ path: MASKS, reach: "entries" }],
  controls: (params) => maskPath(params).map((subject) => ({ subject, part: false })),
  relations: relationsOf,
  memory: () => ({
    broken: false,
    finished: false,
    working: false,
    waiting: "",
    warned: false,
    starts: { falls: 0, notBeforeMs: 0 },
  }),
  check,
  apply,
  undo: SVC_UNDO,
  watch,
  refresh,
  refreshes,
  heals: true,
  changesHost: true,
  preview: "full",
});

/**
 * While a unit cannot be started, its own comings and goings are no reason to try again at once: only
 * a change of its files is, or that it came up.
 */
function watch(params: SvcParams, context: WatchContext<SvcMemory>): Watch {
  const { memory, signal, changed } = context;
  const services = managerOf(params, context);
  return services.watch(params.unit, (what, seen) => {
    if (what === "files") return changed(seen);
    if (memory.working) return;
    if (!memory.broken) return changed(seen);
    void services.look(params.unit, signal, QUICK).then((found) => {
      if (!found.ok || isUp(found.value)) changed(seen);
    });
  });
}
