/**
 * The kind `hosts`: names of an address in /etc/hosts.
 *
 * @module
 */

import { defineKind } from "../../kind/kind.ts";
import type { Sight } from "../../os/files/files.ts";
import type { PartMemory } from "../shared/parts/check.ts";
import { partKind } from "../shared/parts/part_kind.ts";
import { editHosts } from "./edit.ts";
import { HOSTS_EXAMPLES } from "./examples.ts";
import { HOSTS_FIELDS, type HostsFields } from "./fields.ts";
import { contradiction, type HostsParams, identityOf, resolveHosts } from "./params.ts";

/** Names of an address. */
export default defineKind<HostsFields, HostsParams, Sight, PartMemory>({
  ...partKind(editHosts),
  kind: "hosts",
  summary: "the names of an address in /etc/hosts; other lines and comments stay",
  fields: HOSTS_FIELDS,
  otherFields: { host_aliases: "write names, the full one first", aliases: "write names" },
  examples: HOSTS_EXAMPLES,
  resolve: resolveHosts,
  identity: identityOf,
  contradicts: (params, other) =>
    other.kind === "hosts" ? contradiction(params, other.params as HostsParams) : undefined,
});
