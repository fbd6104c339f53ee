/**
 * Resources that decide the same thing, for instance the content of a file: as a whole only one can,
 * and parts must agree.
 *
 * @module
 */

import { parentOf } from "../base/parent.ts";
import type { Resource } from "../kind/resource.ts";
import type { Mistakes } from "./mistakes.ts";
import type { WrittenResource } from "./resources.ts";

/** More parts of one subject are not compared with each other. */
const COMPARED_MAX = 1000;

type Report = (resource: Resource, other: Resource, message: string, hint: string) => void;

/** Reports resources that would undo each other's work. */
export function reportContradictions(
  vertices: ReadonlyMap<string, Resource>,
  written: ReadonlyMap<string, WrittenResource>,
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
  reportBuried(vertices, report);
  for (const [subject, { wholes, parts }] of decisionsOf(vertices)) {
    const [whole, ...others] = wholes;
    if (whole !== undefined) reportWhole(whole, subject, others, parts, report);
    if (parts.length > 1) compare(parts.slice(0, COMPARED_MAX), report);
  }
}

/** Reports what is managed below a path that another resource makes a file, or nothing at all. */
function reportBuried(vertices: ReadonlyMap<string, Resource>, report: Report): void {
  const tops = new Map<string, { readonly resource: Resource; readonly should: string }>();
  /** Directories that something is managed in, directly or further down. */
  const used = new Map<string, { readonly resource: Resource; readonly path: string }>();
  for (const resource of vertices.values()) {
    for (const claim of resource.kind.claims?.(resource.params) ?? []) {
      if (typeof claim === "string") continue;
      const { path, says, type } = claim;
      if (says === "all" && (type === "file" || type === "absent")) {
        tops.set(path, { resource, should: type === "file" ? "be a file" : "not be there" });
      }
      if (type === undefined || type === "absent" || claim.entry === "indifferent") continue;
      for (let at = parentOf(path); at !== "/" && !used.has(at); at = parentOf(at)) {
        used.set(at, { resource, path });
      }
    }
  }
  for (const [top, { resource, should }] of tops) {
    const below = used.get(top);
    if (below === undefined) continue;
    const message = `${resource.key} says that ${top} should ${should}, ` +
      `${below.resource.key} manages ${below.path}`;
    report(below.resource, resource, message, "only one of them can be true");
  }
}

/** Who decides one subject. */
interface Deciders {
  readonly wholes: Resource[];
  readonly parts: Resource[];
}

function decisionsOf(vertices: ReadonlyMap<string, Resource>): Map<string, Deciders> {
  const decisions = new Map<string, Deciders>();
  const kinds = new Set([...vertices.values()].map(({ kind }) => kind));
  const deciding = [...kinds].filter(({ controls }) => controls !== undefined);
  // Within one kind the identity tells; most graphs need no look at each resource.
  if (deciding.length < 2 && !deciding.some((kind) => kind.contradicts)) return decisions;
  for (const resource of vertices.values()) {
    for (const { subject, part } of resource.kind.controls?.(resource.params) ?? []) {
      let deciders = decisions.get(subject);
      if (deciders === undefined) decisions.set(subject, deciders = { wholes: [], parts: [] });
      (part ? deciders.parts : deciders.wholes).push(resource);
    }
  }
  return decisions;
}

function reportWhole(
  whole: Resource,
  subject: string,
  others: readonly Resource[],
  parts: readonly Resource[],
  report: Report,
): void {
  for (const other of others) {
    // Two of one kind were told by their identity.
    if (other.kind === whole.kind) continue;
    const message = `${whole.key} and ${other.key} both decide all of ${subject}`;
    report(other, whole, message, "leave one of them out");
  }
  for (const part of parts) {
    const message = `${whole.key} decides all of ${subject}, ${part.key} a part of it`;
    report(part, whole, message, "say all of it in one of them");
  }
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
