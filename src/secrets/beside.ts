/**
 * Resources that change a file into which another one writes secrets, or wrote some earlier: what they
 * show of it would show these, be it in a line around their own or as the sum of the whole.
 *
 * @module
 */

import { ok } from "../base/result.ts";
import type { Claim } from "../kind/claim.ts";
import type { Resource, SecretUse } from "../kind/resource.ts";

/** For each path, the names of the secrets that are in it. */
export type SecretNames = ReadonlyMap<string, ReadonlySet<string>>;

/** The files into which these resources write secrets. */
export function secretPathsOf(resources: Iterable<Resource>): SecretNames {
  const namesAt = new Map<string, Set<string>>();
  for (const resource of resources) {
    // Others, such as users, make something of a secret, and claim files that hold much more.
    if (resource.secrets === undefined || !hidesContent(resource)) continue;
    for (const { path } of contentClaimsOf(resource)) {
      const names = namesAt.get(path) ?? new Set();
      for (const name of resource.secrets.names) names.add(name);
      namesAt.set(path, names);
    }
  }
  return namesAt;
}

/** For the key of each resource that changes one of these, how it is to be treated. */
export function besideSecrets(
  resources: Iterable<Resource>,
  now: SecretNames,
  earlier: SecretNames = new Map(),
): ReadonlyMap<string, SecretUse> {
  const found = new Map<string, SecretUse>();
  if (now.size + earlier.size === 0) return found;
  for (const resource of resources) {
    if (resource.secrets !== undefined) continue;
    const names = new Set(
      claimsOf(resource).flatMap((claim) => [
        ...isContent(claim) ? [...now.get(claim.path) ?? [], ...earlier.get(claim.path) ?? []] : [],
        ...namesBelow(claim, earlier),
      ]),
    );
    if (names.size === 0) continue;
    const params = hidesContent(resource) && isObject(resource.params)
      ? { ...resource.params, sensitive: true }
      : resource.params;
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

/**
 * Those that change a file of which another resource says that it is sensitive, and do not say so: as if they did,
 * for a difference shows the lines around it.
 */
export function hiddenBeside(resources: readonly Resource[]): readonly Resource[] {
  const paths = new Set<string>();
  for (const resource of resources) {
    if (!saysSensitive(resource) || !hidesContent(resource)) continue;
    for (const { path } of contentClaimsOf(resource)) paths.add(path);
  }
  return resources.flatMap((resource) => {
    const { params } = resource;
    const isMeant = hidesContent(resource) && !saysSensitive(resource) && isObject(params) &&
      contentClaimsOf(resource).some(({ path }) => paths.has(path));
    return isMeant ? [{ ...resource, params: { ...params, sensitive: true } }] : [];
  });
}

/** Whether a resource says that what it writes is not to be shown. */
function saysSensitive({ params }: Pick<Resource, "params">): boolean {
  return isObject(params) && "sensitive" in params && params.sensitive === true;
}

/** What is removed or copied as a whole leaves alone what others say now, and not what they said once. */
function* namesBelow(claim: Claim, earlier: SecretNames): Iterable<string> {
  const { below, type, path } = claim;
  if (type !== "absent" && (below === undefined || below === "kept")) return;
  const start = path.endsWith("/") ? path : `${path}/`;
  for (const [each, names] of earlier) if (each.startsWith(start)) yield* names;
}

function hidesContent({ kind }: Resource): boolean {
  return Object.hasOwn(kind.fields, "sensitive");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function claimsOf({ kind, params }: Resource): readonly Claim[] {
  return (kind.claims?.(params) ?? []).filter((claim) => typeof claim !== "string");
}

/** Those that say more than that something is there. */
function contentClaimsOf(resource: Resource): readonly Claim[] {
  return claimsOf(resource).filter(isContent);
}

function isContent({ says }: Claim): boolean {
  return says !== "presence";
}
