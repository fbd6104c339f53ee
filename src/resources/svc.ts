import { enum as oneOf } from "zod/mini";
import { failure } from "../base/result.ts";
import { defineKind } from "../kind/kind.ts";

const UNAVAILABLE = "svc is not available in this version; the resource is read but not managed";

interface SvcFields {
  readonly state?: "running" | "stopped";
  readonly startup?: "enabled" | "disabled" | "masked";
  readonly refresh?: "reload" | "restart" | "none";
}

interface SvcParams extends SvcFields {
  readonly name: string;
}

/** A systemd service. This version reads and validates it, and does not run it. */
export default defineKind<SvcFields, SvcParams, never, undefined>({
  kind: "svc",
  summary: "a systemd service (read and validated only in this version)",
  fields: {
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
      summary: "what a notify edge makes it do",
      defaultText: "restart",
    },
  },
  examples: [`graph: svc
resources:
  svc:
  - name: nginx
    state: running
    startup: enabled
`],
  resolve: (fields, { name }) => ({ name, ...fields }),
  identity: ({ name }) => name.endsWith(".service") ? name.slice(0, -".service".length) : name,
  memory: () => undefined,
  check: () => failure(UNAVAILABLE, { final: true }),
  apply: () => failure(UNAVAILABLE, { final: true }),
  heals: true,
  preview: "full",
  unavailable: UNAVAILABLE,
});
