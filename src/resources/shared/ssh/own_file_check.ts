/**
 * Looking at a user's own file of ssh: where it is, its lines, and what ssh asks of it.
 *
 * @module
 */

import { chain } from "../../../base/chain.ts";
import type { Awaitable, Failure } from "../../../base/result.ts";
import { type Drift, drift, type KindContext } from "../../../kind/kind.ts";
import type { ThingChange } from "../../../kind/undo.ts";
import type { Sight } from "../../../os/files/files.ts";
import { showing } from "../files/difference.ts";
import { hiddenOf } from "../files/private.ts";
import { judgePart, lookAtPart, type PartMemory } from "../parts/check.ts";
import type { EditPart } from "../parts/part.ts";
import {
  closedMode,
  findPlace,
  ownerMistake,
  type OwnFileParams,
  type OwnPlace,
} from "./own_file.ts";

/** What is known between passes. */
export interface OwnFileMemory extends PartMemory {
  /** Hears of the file at this path from now on. */
  follow?: (path: string) => void;
  /** What the last apply did beside the lines. */
  around?: ThingChange[];
}

/** What was seen, and where; undefined: the place is still to be made. */
export interface OwnFilePlan {
  readonly seen: Sight;
  readonly place: OwnPlace | undefined;
}

/** How the lines of a kind are changed. */
export interface OwnFileEdit<Params extends OwnFileParams> {
  readonly edit: EditPart<Params>;
  /** Adds to the parameters what only the other resources tell. */
  readonly inGraph?: (params: Params, context: KindContext, path: string) => Params;
}

const LATER: OwnFilePlan = { seen: { type: "absent" }, place: undefined };

/** The parameters of the part, now that its file is known. */
export function placed<Params extends OwnFileParams>(
  { inGraph }: OwnFileEdit<Params>,
  params: Params,
  { path, fresh }: OwnPlace,
  context: KindContext,
): Params {
  return { ...inGraph?.(params, context, path) ?? params, path, fresh };
}

/** How the file of a resource is compared with what it should be. */
export function checkOwn<Params extends OwnFileParams>(how: OwnFileEdit<Params>) {
  return (
    params: Params,
    pass: KindContext<OwnFileMemory>,
  ): Awaitable<Drift<OwnFilePlan> | Failure | undefined> => {
    const context = pass.memory.linked?.context(pass) ?? pass;
    return chain(findPlace(params, context), (found) => {
      if (!found.ok) return found.failure;
      if ("later" in found.value) {
        return params.absent ? undefined : drift(found.value.later, LATER);
      }
      const { place } = found.value;
      context.memory.follow?.(place.path);
      return chain(lookAtPart(place.path, context), (seen) => {
        if (!seen.ok) return seen.failure;
        const mistake = ownerMistake(place, seen.value);
        return mistake ?? judge(how, params, { place, seen: seen.value }, context);
      });
    });
  };
}

function judge<Params extends OwnFileParams>(
  how: OwnFileEdit<Params>,
  params: Params,
  { place, seen }: { readonly place: OwnPlace; readonly seen: Sight },
  context: KindContext<OwnFileMemory>,
): Drift<OwnFilePlan> | Failure | undefined {
  const there = withDirectory(place, context);
  const needed = judgePart(how.edit, placed(how, params, place, context), seen, there);
  if (!needed.ok) return needed.failure;
  const plan = { seen, place };
  const words = params.absent ? [] : modeWords(place, seen);
  if (needed.value === undefined) {
    return words.length === 0 ? undefined : drift(words.join(", "), plan);
  }
  const { content, reason } = needed.value;
  if (content === undefined) return drift(reason, plan);
  const hidden = hiddenOf(params.sensitive, seen);
  const shown = showing({ seen, content, size: content.length, hidden });
  return drift([...words, reason].join(", "), plan, shown);
}

/** The directory is made before the file. */
export function withDirectory<Memory>(
  { directory }: OwnPlace,
  context: KindContext<Memory>,
): KindContext<Memory> {
  const { comes } = context;
  return directory === undefined
    ? context
    : { ...context, comes: (path) => path === directory.path || comes(path) };
}

function modeWords({ path, directory }: OwnPlace, seen: Sight): readonly string[] {
  const words: string[] = [];
  const isOpen = (each: Sight) => closedMode(each) !== undefined;
  if (directory !== undefined && isOpen(directory.seen)) {
    words.push(`others may write in ${directory.path}`);
  }
  if (isOpen(seen)) words.push(`others may write to ${path}`);
  return words;
}
