/**
 * Resources that decide the same thing, for instance the content of a file: as a whole only one can,
 * and parts must agree.
 *
 * @module
 */

import type { Resource } from "../kind/resource.ts";
import type { Mistakes } from "./mistakes.ts";
import type { Written } from "./resources.ts";

/** More parts of one subject are not compared with each other. */
const COMPARED_MAX = 1000;

type Report = (resource: Resource, other: Resource, message: string, hint: string) => void;

/** Reports resources that would undo each other's work. */
export function reportContradictions(
  vertices: ReadonlyMap<string, Resource>,
  written: ReadonlyMap<string, Written>,
  mistakes: Mistakes,
): void {
  const report: Report = (resource, other, message, hint) => {
    const [path, otherPath] = [written.get(resource.key)?.path, written.get(other.key)?.path];
    if (path === undefined || otherPath === undefined) return;
    mistakes.error([...path, "name"], message, {
      hint,
      other: { text: "the other is on", path: [...otherPath, "name"] },
    });
  };
  const parts = partsBySubject(vertices);
  // Most graphs have none.
  if (parts.size === 0) return;
  for (const resource of vertices.values()) {
    for (const { subject, part } of resource.kind.decides?.(resource.params) ?? []) {
      if (!part) reportWhole(resource, subject, parts.get(subject) ?? [], report);
    }
  }
  for (const resources of parts.values()) {
    if (resources.length > 1) compare(resources.slice(0, COMPARED_MAX), report);
  }
}

function reportWhole(
  whole: Resource,
  subject: string,
  parts: readonly Resource[],
  report: Report,
): void {
  for (const part of parts) {
    const message = `${whole.key} decides all of ${subject}, ${part.key} a part of it`;
    report(part, whole, message, "say all of it in one of them");
  }
}

function partsBySubject(vertices: ReadonlyMap<string, Resource>): Map<string, Resource[]> {
  const parts = new Map<string, Resource[]>();
  for (const resource of vertices.values()) {
    if (resource.kind.contradicts === undefined) continue;
    for (const { subject, part } of resource.kind.decides?.(resource.params) ?? []) {
      if (!part) continue;
      const others = parts.get(subject);
      if (others === undefined) parts.set(subject, [resource]);
      else others.push(resource);
    }
  }
  return parts;
}

function compare(resources: readonly Resource[], report: Report): void {
  resources.forEach((resource, index) => {
    for (const other of resources.slice(0, index)) {
      const reason = resource.kind.contradicts?.(resource.params, {
        kind: other.kind.kind,
        params: other.params,
      });
      if (reason === undefined) continue;
      const message = `${resource.key} and ${other.key} contradict each other: ${reason}`;
      report(resource, other, message, "only one of them can be true");
    }
  });
}
