/**
 * Resources that change a file into which another one writes secrets: what they show of it would show
 * these, be it in a line around their own or as the sum of the whole.
 *
 * @module
 */

import { ok } from "../base/result.ts";
import type { Resource, SecretUse } from "../kind/resource.ts";

/** For the key of each such resource, how it is to be treated. */
export function besideSecrets(resources: Iterable<Resource>): ReadonlyMap<string, SecretUse> {
  const all = [...resources];
  const namesAt = new Map<string, Set<string>>();
  for (const resource of all) {
    // Others, such as users, make something of a secret, and claim files that hold much more.
    if (resource.secrets === undefined || !Object.hasOwn(resource.kind.fields, "sensitive")) {
      continue;
    }
    for (const path of contentPathsOf(resource)) {
      const names = namesAt.get(path) ?? new Set();
      for (const name of resource.secrets.names) names.add(name);
      namesAt.set(path, names);
    }
  }
  const found = new Map<string, SecretUse>();
  if (namesAt.size === 0) return found;
  for (const resource of all) {
    if (resource.secrets !== undefined) continue;
    const names = new Set(contentPathsOf(resource).flatMap((path) => [...namesAt.get(path) ?? []]));
    if (names.size === 0) continue;
    const { params } = resource;
    // Another value of theirs is no edit of this one, so the revision stays.
    found.set(resource.key, {
      names: [...names].toSorted(),
      revision: 0,
      beside: true,
      fill: () => ok(params),
    });
  }
  return found;
}

/** The paths of which a resource says more than that something is there. */
function contentPathsOf({ kind, params }: Resource): readonly string[] {
  return (kind.claims?.(params) ?? []).flatMap((claim) =>
    typeof claim === "string" || claim.says === "presence" ? [] : [claim.path]
  );
}
