/**
 * The fields of a service.
 *
 * @module
 */

import { boolean, enum as oneOf } from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";

export const SVC_FIELDS = defineFields({
  state: {
    type: oneOf(["running", "stopped"]),
    typeText: "running | stopped",
    summary: "whether the service runs now",
  },
  startup: {
    type: oneOf(["enabled", "disabled", "masked"]),
    typeText: "enabled | disabled | masked",
    summary: "whether the service starts with the host",
  },
  refresh: {
    type: oneOf(["reload", "restart", "none"]),
    typeText: "reload | restart | none",
    summary: "what a notify edge makes it do; a service that cannot reload is restarted",
    defaultText: "reload",
  },
  session: {
    type: boolean(),
    typeText: "true | false",
    summary: "a unit of the user who runs mgmt, not of the host",
    defaultText: "false",
  },
});

/** What a graph file says of a service. */
export type SvcFields = FieldsOf<typeof SVC_FIELDS>;
