/**
 * What has to be done to bring entries into their wanted state.
 *
 * @module
 */

import { chain } from "../../base/chain.ts";
import { failure } from "../../base/result.ts";
import type { Awaitable, Failure, Result } from "../../base/result.ts";
import { yielderOf } from "../../base/yielder.ts";
import type {
  Attributes,
  Content,
  DirectoryAttributes,
  RawDirectoryEntry,
  Sight,
} from "../../os/files/files.ts";
import type { KindContext } from "../../kind/kind.ts";
import type { FileParams } from "./params.ts";
import { parentOf } from "../shared/files/path.ts";
import { hiddenOf } from "../shared/files/private.ts";
import { runValidation } from "../shared/files/validate.ts";

/** One change; `seen` is what the check saw there. */
export type FileStep =
  | { readonly do: "remove"; readonly path: string; readonly seen: Sight; readonly tree: boolean }
  /** Of a name that is not UTF-8; the path says how it is shown. */
  | {
    readonly do: "remove-unnameable";
    readonly path: string;
    readonly directory: string;
    readonly entry: RawDirectoryEntry;
  }
  | { readonly do: "directory"; readonly path: string; readonly attributes: DirectoryAttributes }
  | {
    readonly do: "file";
    readonly path: string;
    readonly content: Content;
    readonly seen: Sight;
    readonly attributes: Attributes;
  }
  | {
    readonly do: "link";
    readonly path: string;
    readonly target: string;
    readonly seen: Sight;
    readonly attributes: Attributes;
  }
  | {
    readonly do: "attributes";
    readonly path: string;
    readonly seen: Sight;
    readonly attributes: Attributes;
  }
  /** What cannot be put right; the rest of its tree is all the same. */
  | { readonly do: "refuse"; readonly path: string; readonly failure: Failure };

/** How one entry differs from what it should be. */
export interface Finding {
  readonly path: string;
  readonly reason: string;
  readonly steps: readonly FileStep[];
  readonly difference?: () => Awaitable<readonly string[]>;
}

/** How far the steps have gone wrong. */
export interface StepTrouble {
  first: Failure | undefined;
  /** Paths of steps that failed: nothing more is done there or below. */
  readonly paths: Set<string>;
}

/** No trouble yet. */
export function noTrouble(): StepTrouble {
  return { first: undefined, paths: new Set() };
}

/**
 * Takes the steps one after the other; one that fails ends those for its path and below, not the
 * others. Waits only where it must, and from time to time, so that others have their turns. The
 * result is the first failure.
 */
export function takeSteps(
  steps: readonly FileStep[],
  params: FileParams,
  context: KindContext,
): Awaitable<Failure | undefined> {
  const trouble = noTrouble();
  for (const [index, step] of steps.entries()) {
    if (index > 0 && index % STEPS_PER_LOOK === 0) {
      return takeRest(index, steps, params, context, trouble);
    }
    if (isTroubled(step.path, trouble)) continue;
    const taken = takeStep(step, params, context);
    if (taken instanceof Promise) {
      return taken.then((result) => {
        note(step, result, trouble);
        return takeRest(index + 1, steps, params, context, trouble);
      });
    }
    note(step, taken, trouble);
  }
  return summary(trouble);
}

/** Steps between two looks at the clock. */
const STEPS_PER_LOOK = 8;

async function takeRest(
  start: number,
  steps: readonly FileStep[],
  params: FileParams,
  context: KindContext,
  trouble: StepTrouble,
): Promise<Failure | undefined> {
  const yielder = yielderOf(context.host.clock);
  for (let index = start; index < steps.length; index++) {
    if (index % STEPS_PER_LOOK === 0) {
      await yielder.yieldTurn();
      if (context.signal.aborted) return stopped(params.path, steps.length - index);
    }
    const step = steps[index];
    if (step === undefined || isTroubled(step.path, trouble)) continue;
    const taken = takeStep(step, params, context);
    note(step, taken instanceof Promise ? await taken : taken, trouble);
  }
  return summary(trouble);
}

function stopped(path: string, left: number): Failure {
  return failure(`changing ${path} was stopped with ${left} steps left`, { code: "stopped" });
}

/** Whether a step for this path, or for one above it, has gone wrong. */
export function isTroubled(path: string, { paths }: StepTrouble): boolean {
  if (paths.size === 0) return false;
  for (let at = path; at !== "/"; at = parentOf(at)) if (paths.has(at)) return true;
  return false;
}

/** Records how a step went. */
export function note({ path }: FileStep, result: Result<void>, trouble: StepTrouble): void {
  if (result.ok) return;
  trouble.first ??= result.failure;
  trouble.paths.add(path);
}

/** The first failure, with the number of the others. */
export function summary({ first, paths }: StepTrouble): Failure | undefined {
  if (first === undefined || paths.size === 1) return first;
  return { ...first, message: `${first.message}; and ${paths.size - 1} more like it` };
}

function takeStep(
  step: FileStep,
  params: FileParams,
  context: KindContext,
): Awaitable<Result<void>> {
  const { files } = context.host;
  switch (step.do) {
    case "directory":
      return files.makeDirectory(step.path, step.attributes);
    case "remove-unnameable":
      return files.removeUnnameable(step.directory, step.entry);
    case "refuse":
      return { ok: false, failure: step.failure };
    case "attributes":
      return files.setAttributes(step.path, step.seen, step.attributes);
    case "remove":
      if (step.seen.type === "directory" && !step.tree) {
        return files.remove(step.path, step.seen, { tree: false });
      }
      return afterBackup(
        step,
        context,
        () => files.remove(step.path, step.seen, { tree: step.tree }),
      );
    case "link":
      return afterBackup(
        step,
        context,
        () => files.makeLink(step.path, step.target, { ...step.attributes, seen: step.seen }),
      );
    case "file":
      return afterBackup(step, context, () => writeFile(step, params, context));
  }
}

/** What is lost is kept below the prefix first. */
function afterBackup(
  { path, seen }: { readonly path: string; readonly seen: Sight },
  { host }: KindContext,
  change: () => Awaitable<Result<void>>,
): Awaitable<Result<void>> {
  if (seen.type === "absent") return change();
  return chain(host.files.backup(path, seen), (kept) => kept.ok ? change() : kept);
}

function writeFile(
  step: Extract<FileStep, { do: "file" }>,
  params: FileParams,
  context: KindContext,
): Awaitable<Result<void>> {
  const { path, content, seen, attributes } = step;
  const { validate } = params;
  return context.host.files.write({
    path,
    content,
    seen,
    ...attributes,
    ...(params.inPlace ? { inPlace: true } : {}),
    ...(validate === undefined ? {} : {
      validate: (temporary) =>
        runValidation(
          { validator: validate, seen, hidden: hiddenOf(params.sensitive, seen, attributes) },
          temporary,
          context,
        ),
    }),
    signal: context.signal,
  });
}
