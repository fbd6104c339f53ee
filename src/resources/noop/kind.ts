import { string } from "zod/mini";
import { defineKind } from "../../kind/kind.ts";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";

/** Its name tells two of them apart. */
interface NoopParams {
  readonly name: string;
}

const NOOP_FIELDS = defineFields({
  comment: { type: string(), typeText: "text", summary: "says nothing to mgmt" },
});

/** A resource that is always as it should be: a point in the graph that edges can meet at. */
export default defineKind<FieldsOf<typeof NOOP_FIELDS>, NoopParams, never, undefined>({
  kind: "noop",
  summary: "does nothing; a point that edges can meet at",
  fields: NOOP_FIELDS,
  emptyIsUnset: true,
  examples: [`graph: noop
resources:
  noop:
  - name: start
  - name: end
edges:
- from: {kind: noop, name: start}
  to: {kind: noop, name: end}
`],
  resolve: (_fields, { name }) => ({ name }),
  identity: ({ name }) => name,
  memory: () => undefined,
  check: () => undefined,
  apply: () => undefined,
  heals: false,
  changesHost: false,
  preview: "full",
});
