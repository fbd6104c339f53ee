/**
 * The kind `pkg`: packages of the distribution.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import type { PackageChange } from "../../packages/packages.ts";
import { defineKind, type KindContext } from "../../kind/kind.ts";
import { check, type PkgMemory } from "./check.ts";
import { PKG_FIELDS, type PkgFields } from "./fields.ts";
import { type PkgParams, resolvePkg } from "./params.ts";

/** The newest version is asked for so often, also when nothing tells that there is a newer one. */
const NEWEST_POLL_SECONDS = 24 * 3600;

/** A package of the host's distribution. */
export default defineKind<PkgFields, PkgParams, null, PkgMemory>({
  kind: "pkg",
  summary: "a package of the distribution, with all that it needs",
  fields: PKG_FIELDS,
  emptyIsUnset: true,
  examples: [`graph: pkg
resources:
  pkg:
  - name: powertop
    state: installed
`],
  resolve: resolvePkg,
  identity: ({ name }) => name,
  remains: ({ state }) => state === "uninstalled" ? undefined : { at: "elsewhere" },
  relations: ({ name, state }) => ({
    provides: [`package:${name}`],
    removes: state === "uninstalled",
  }),
  irrevocable: () => true,
  memory: () => ({ warned: undefined }),
  check,
  refuses,
  apply,
  watch: (_params, { host, changed }) => host.packages.watch(changed),
  pollSeconds: ({ state }) => state === "newest" ? NEWEST_POLL_SECONDS : 0,
  heals: true,
  changesHost: true,
  preview: "partial",
});

/** A change is simulated anyway before it is made, so only who does not make it need ask. */
async function refuses(
  _plan: null,
  params: PkgParams,
  context: KindContext<PkgMemory>,
): Promise<Failure | undefined> {
  return context.noop ? await context.host.packages.foresee(changeOf(params, context)) : undefined;
}

async function apply(
  _plan: null,
  params: PkgParams,
  context: KindContext<PkgMemory>,
): Promise<Failure | undefined> {
  return await context.host.packages.change(changeOf(params, context));
}

function changeOf(
  { name, state, trust }: PkgParams,
  { signal, ending, autogroup, note, progress }: KindContext<PkgMemory>,
): PackageChange {
  const to = state === "uninstalled"
    ? "absent"
    : state === "installed" || state === "newest"
    ? "newest"
    : { version: state };
  return { name, to, trust, alone: !autogroup, progress: note, step: progress, signal, ending };
}
