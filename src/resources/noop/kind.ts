import { defineKind } from "../../kind/kind.ts";

/** A noop has no fields; its name tells two of them apart. */
interface NoopParams {
  readonly name: string;
}

/** A resource that is always as it should be: a point in the graph that edges can meet at. */
export default defineKind<Record<never, never>, NoopParams, never, undefined>({
  kind: "noop",
  summary: "does nothing; a point that edges can meet at",
  fields: {},
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
