/**
 * The last pass: what a graph exchanges with other hosts. This version reads and validates it.
 *
 * @module
 */

import { didYouMean } from "../base/nearest.ts";
import type { Registry } from "../kind/kind.ts";
import { keyOf } from "../kind/resource.ts";
import { describeValue, isMap, isNothing, shown } from "./describe.ts";
import type { Mistakes } from "./mistakes.ts";
import type { Path } from "./path.ts";
import type { Written } from "./resources.ts";
import { unknownKind } from "./unknown_kind.ts";

const COLLECT_KEYS = ["kind", "pattern"];
const EXAMPLE = '- {kind: file, pattern: "/tmp/collected/"}';

/** Validates the entries of `collect`, and says that they are not available yet. */
export function readCollect(
  entries: readonly unknown[],
  registry: Registry,
  mistakes: Mistakes,
): void {
  for (let index = 0; index < entries.length; index++) {
    readEntry(entries[index], ["collect", index], registry, mistakes);
  }
  if (entries.length > 0) {
    mistakes.warning(["collect"], "collect needs the cluster, which is not in this version yet", {
      part: "key",
      hint: "nothing is collected; the rest of the graph runs",
    });
  }
}

function readEntry(entry: unknown, path: Path, registry: Registry, mistakes: Mistakes): void {
  if (!isMap(entry)) {
    const message = `an entry of collect must be a map, not ${describeValue(entry)}`;
    mistakes.error(path, message, { hint: `write ${EXAMPLE}` });
    return;
  }
  for (const key of Object.keys(entry)) {
    if (COLLECT_KEYS.includes(key)) continue;
    mistakes.error([...path, key], `the field ${shown(key)} is unknown in collect`, {
      part: "key",
      hint: didYouMean(key, COLLECT_KEYS) ?? `known are: ${COLLECT_KEYS.join(", ")}`,
    });
  }
  const { kind, pattern } = entry;
  if (isNothing(kind) || kind === "") {
    mistakes.error(path, "this entry of collect has no kind", { hint: `write ${EXAMPLE}` });
  } else if (typeof kind !== "string") {
    mistakes.error([...path, "kind"], `kind must be text, not ${describeValue(kind)}`, {
      hint: `write ${EXAMPLE}`,
    });
  } else if (!registry.has(kind)) {
    const { message, hint } = unknownKind(kind, registry);
    mistakes.error([...path, "kind"], message, { hint });
  }
  if (typeof pattern !== "string" && !isNothing(pattern)) {
    const message = `pattern must be text, not ${describeValue(pattern)}`;
    mistakes.error([...path, "pattern"], message, { quote: typeof pattern !== "object" });
  }
}

/** Says once that exported resources are left out, and how many. */
export function reportExports(
  written: ReadonlyMap<string, Written>,
  edges: number,
  mistakes: Mistakes,
): void {
  let first: Written | undefined;
  let count = 0;
  for (const resource of written.values()) {
    if (!resource.exported) continue;
    first ??= resource;
    count++;
  }
  if (first === undefined) return;
  const resources = count === 1 ? "1 resource" : `${count} resources`;
  const touching = edges === 0 ? "" : edges === 1 ? " and 1 edge" : ` and ${edges} edges`;
  const message = `${keyOf(first.kind, first.name)} is exported, which needs the cluster, which ` +
    `is not in this version yet`;
  mistakes.warning([...first.path, "name"], message, {
    hint: `left out: ${resources}${touching}; the rest of the graph runs`,
  });
}
