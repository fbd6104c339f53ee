/**
 * What a host takes of all that is offered: what its graph wants, of each host no more than one may
 * export, and of all so much that no host takes the place of another.
 *
 * @module
 */

import { compareTexts } from "../../base/compare.ts";
import { LIMITS } from "../../base/limits.ts";
import { type CollectRule, type HostExport, isMeant } from "../../kind/export.ts";

/** What is taken, and what is left out because it is too much. */
export interface FairShare {
  readonly taken: readonly HostExport[];
  readonly cut: readonly HostExport[];
  /** By host: how many it offers of what is wanted, and how many of them are taken. */
  readonly greedy: ReadonlyMap<string, { readonly offered: number; readonly taken: number }>;
}

/** Shares out. Of a host that offers too much, those whose kinds and names come first. */
export function shareOf(offers: Iterable<HostExport>, rules: readonly CollectRule[]): FairShare {
  const byHost = new Map<string, HostExport[]>();
  for (const offer of offers) {
    if (!rules.some((rule) => isMeant(rule, offer))) continue;
    const list = byHost.get(offer.host);
    if (list === undefined) byHost.set(offer.host, [offer]);
    else list.push(offer);
  }
  const most = mostOfEach([...byHost.values()].map(({ length }) => length));
  const taken: HostExport[] = [];
  const cut: HostExport[] = [];
  const greedy = new Map<string, { offered: number; taken: number }>();
  for (const [host, list] of byHost) {
    if (list.length <= most) {
      taken.push(...list);
      continue;
    }
    list.sort(byName);
    taken.push(...list.slice(0, most));
    cut.push(...list.slice(most));
    greedy.set(host, { offered: list.length, taken: most });
  }
  return { taken, cut, greedy };
}

/** How many are taken of a host, so that all together are not too many: who has fewer keeps them. */
function mostOfEach(counts: readonly number[]): number {
  let room = LIMITS.collectedResources;
  const sorted = counts.map((count) => Math.min(count, LIMITS.exportedResources))
    .sort((a, b) => a - b);
  for (const [index, count] of sorted.entries()) {
    const share = Math.floor(room / (sorted.length - index));
    if (count > share) return share;
    room -= count;
  }
  return LIMITS.exportedResources;
}

function byName(one: HostExport, other: HostExport): number {
  return compareTexts(one.kind, other.kind) || compareTexts(one.name, other.name);
}
