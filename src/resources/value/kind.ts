/**
 * The kind `value`: what this host lets all others know, by a name.
 *
 * @module
 */

import { defineKind } from "../../kind/kind.ts";
import { isReservedKey } from "../../kind/shared_value.ts";
import { VALUE_FIELDS, type ValueFields } from "./fields.ts";

/** What it says goes to others as it is written; here its name is all. */
interface ValueParams {
  readonly name: string;
}

/** A value that is shared as long as the resource is in the graph. */
export default defineKind<ValueFields, ValueParams, never, undefined>({
  kind: "value",
  summary:
    "a value that the hosts of the cluster can read under this host's name while it is in the graph",
  fields: VALUE_FIELDS,
  shared: true,
  examples: [`graph: value
resources:
  value:
  - name: db-address
    value: {host: 192.0.2.7, port: 5432}
`],
  resolve: (_fields, { name, issue }) => {
    if (isReservedKey(name)) {
      issue({ path: ["name"], message: "names of values that begin with @ are mgmt's own" });
    }
    return { name };
  },
  identity: ({ name }) => name,
  memory: () => undefined,
  receive: () => ({ ok: false, reason: "values are read by programs, and not collected" }),
  check: () => undefined,
  apply: () => undefined,
  heals: false,
  changesHost: false,
  preview: "full",
});
