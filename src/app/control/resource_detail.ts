/**
 * What should be true of one resource, for a reader: its fields, as short texts, and what is different.
 *
 * @module
 */

import { printable } from "../../base/printable.ts";
import type { Unmet } from "../../engine/unmet.ts";
import type { Resource } from "../../kind/resource.ts";
import { isGraphOpen } from "../../os/graph_openness.ts";
import { isPrivate } from "../running_plan/private_resource.ts";
import { shownValue } from "../running_plan/fields.ts";

const FIELDS_MOST = 100;

/**
 * Its kind, its name and the fields that it asks for, and as `drift` what its last pass has left; of what is not for
 * everybody only the sizes.
 */
export function resourceDetail(
  resource: Resource,
  unmet: Unmet | undefined,
  graphPath: string,
): object {
  const { kind, name, params, meta, secrets } = resource;
  // What is written where not everybody may read is told to nobody else.
  const hides = secrets !== undefined || isPrivate(resource) || !isGraphOpen(graphPath);
  const fields = Object.entries(params as Readonly<Record<string, unknown>>)
    .filter(([, value]) => value !== undefined).slice(0, FIELDS_MOST)
    .map(([field, value]) => [field, shownValue(field, value, hides)] as const);
  const handled = Object.entries(meta).filter(([, value]) => value !== undefined)
    .map(([field, value]) => [`meta.${field}`, printable(JSON.stringify(value))] as const);
  return {
    ...{ kind: kind.kind, name, fields: Object.fromEntries([...fields, ...handled]) },
    ...(unmet === undefined ? {} : { drift: driftLines(unmet, hides) }),
  };
}

/** What it is about comes first, and is all there is where lines would tell contents. */
function driftLines({ reason, lines }: Unmet, hides: boolean): readonly string[] {
  return [`~ ${printable(reason)}`, ...(hides ? [] : lines.map(printable))];
}
