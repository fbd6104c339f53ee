import { stringify } from "yaml";

/** A graph file that says what these plain values are. */
export function renderYaml(value: unknown): string {
  return stringify(value, { lineWidth: 100, aliasDuplicateObjects: false });
}
