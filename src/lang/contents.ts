/**
 * Resources that decide the content of one file: as a whole only one can, and parts must agree.
 *
 * @module
 */

import type { Resource } from "../kind/resource.ts";
import type { Mistakes } from "./mistakes.ts";
import type { Written } from "./resources.ts";

/** More parts of one file are not compared with each other. */
const COMPARED_MAX = 1000;

/** Reports resources that would undo each other's work in a file. */
export function reportContents(
  vertices: ReadonlyMap<string, Resource>,
  written: ReadonlyMap<string, Written>,
  mistakes: Mistakes,
): void {
  const report = (resource: Resource, other: Resource, message: string, hint: string): void => {
    const [path, otherPath] = [written.get(resource.key)?.path, written.get(other.key)?.path];
    if (path === undefined || otherPath === undefined) return;
    mistakes.error([...path, "name"], message, {
      hint,
      other: { text: "the other is on", path: [...otherPath, "name"] },
    });
  };
  const parts = partsByPath(vertices);
  // Most graphs have none.
  if (parts.size === 0) return;
  for (const resource of vertices.values()) {
    const content = resource.kind.decides?.(resource.params);
    if (content === undefined || content.part) continue;
    for (const part of parts.get(content.path) ?? []) {
      const message =
        `${resource.key} decides the whole content of ${content.path}, ${part.key} a part of it`;
      report(part, resource, message, "say all of the content in one of them");
    }
  }
  for (const resources of parts.values()) compare(resources.slice(0, COMPARED_MAX), report);
}

function partsByPath(vertices: ReadonlyMap<string, Resource>): Map<string, Resource[]> {
  const parts = new Map<string, Resource[]>();
  for (const resource of vertices.values()) {
    if (resource.kind.contradicts === undefined) continue;
    const content = resource.kind.decides?.(resource.params);
    if (content?.part !== true) continue;
    const others = parts.get(content.path);
    if (others === undefined) parts.set(content.path, [resource]);
    else others.push(resource);
  }
  return parts;
}

function compare(
  resources: readonly Resource[],
  report: (resource: Resource, other: Resource, message: string, hint: string) => void,
): void {
  resources.forEach((resource, index) => {
    for (const other of resources.slice(0, index)) {
      if (other.kind !== resource.kind) continue;
      const reason = resource.kind.contradicts?.(resource.params, other.params);
      if (reason === undefined) continue;
      const message = `${resource.key} and ${other.key} contradict each other: ${reason}`;
      report(resource, other, message, "only one of them can be true");
    }
  });
}
