/**
 * The commands about what is managed no more: they look at the files of a prefix, whether an agent runs
 * there or not.
 *
 * @module
 */

import { printable } from "../../base/printable.ts";
import { ok, type Result } from "../../base/result.ts";
import { tableText } from "../../base/table.ts";
import { count, second } from "../../base/words.ts";
import { createLocalHost, type LocalHost } from "../../host/local.ts";
import { placePrefix } from "../agent_prefix.ts";
import type { GivenFlags } from "../flags.ts";
import { trustByHand } from "../graph/graph_trust.ts";
import { unsafePrefix } from "../prefix_trust.ts";
import { Existence } from "./existence.ts";
import { findOrphans, forgetOrphans, type Orphan } from "./orphans.ts";

/** The flags that name the prefix. */
export interface OrphanPlace {
  readonly flags: GivenFlags;
}

/** An orphan, and whether what it was is still there. */
interface SeenOrphan {
  readonly orphan: Orphan;
  readonly exists: boolean | undefined;
}

/** Lists orphans, for people or as one object. */
export function listOrphans(
  place: OrphanPlace,
  { json, warn }: { readonly json: boolean; readonly warn: (text: string) => void },
): Promise<Result<string>> {
  return inPrefix(place, async (prefix, host) => {
    const found = await findOrphans(prefix, host);
    if (!found.ok) return found;
    const { orphans, isKnown, spoiled } = found.value;
    for (const path of spoiled) warn(`${path} is spoiled, and what it says is not known any more`);
    const existence = new Existence(host);
    const seen: SeenOrphan[] = [];
    for (const orphan of orphans) {
      seen.push({ orphan, exists: await existence.of(orphan.remains) });
    }
    if (json) return ok(asJson(seen));
    return ok(
      isKnown ? asTable(seen) : `no run has kept in ${printable(prefix)} what it manages\n`,
    );
  });
}

/** Forgets orphans by their keys or identities, or all of them. */
export function forget(
  place: OrphanPlace,
  which: readonly string[] | "all",
): Promise<Result<string>> {
  return inPrefix(place, (prefix, host) => forgetOrphans(prefix, which, host));
}

async function inPrefix<T>(
  { flags }: OrphanPlace,
  work: (prefix: string, host: LocalHost) => Promise<Result<T>>,
): Promise<Result<T>> {
  const prefix = placePrefix({ flags });
  if (!prefix.ok) return prefix;
  const unsafe = await unsafePrefix(prefix.value, trustByHand());
  if (unsafe !== undefined) return { ok: false, failure: unsafe };
  const host = createLocalHost({ prefix: undefined, warn: () => {} });
  try {
    return await work(prefix.value, host);
  } finally {
    await host.close();
  }
}

function asJson(seen: readonly SeenOrphan[]): string {
  const orphans = seen.map(({ orphan, exists = null }) => {
    const { key, kind, name, identity, since, left, source, sourceIsGone, host } = orphan;
    const place = { file: orphan.file ?? null, line: orphan.line ?? null, host: host ?? null };
    return { key, kind, name, identity, exists, since, left, source, sourceIsGone, ...place };
  });
  return `${JSON.stringify({ version: 1, type: "orphans", orphans })}\n`;
}

const HEAD = ["resource", "what", "is there", "managed since", "left", "from"];

function asTable(seen: readonly SeenOrphan[]): string {
  if (seen.length === 0) return "nothing that was managed has left its graph\n";
  const rows = seen.map(({ orphan, exists }) => {
    const { key, identity, since, left, sourceIsGone } = orphan;
    const answer = exists === undefined ? "?" : exists ? "yes" : "no";
    const noticed = sourceIsGone ? "with its file" : second(left);
    return [key, identity, answer, second(since), noticed, origin(orphan)];
  });
  return `${tableText([HEAD, ...rows])}${count(seen.length, "orphan")}\n`;
}

function origin({ file, line, host, source }: Orphan): string {
  if (host !== undefined) return `host ${host}, by ${source}`;
  return file === undefined || line === undefined ? source : `${file}:${line}`;
}
