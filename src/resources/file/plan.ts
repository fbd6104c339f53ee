/**
 * What has to be done to bring entries into their wanted state.
 *
 * @module
 */

import { chain } from "../../base/chain.ts";
import type { Awaitable, Failure, Result } from "../../base/result.ts";
import type { Attributes, Sight } from "../../host/files/files.ts";
import type { Context } from "../../kind/kind.ts";
import type { FileParams } from "./params.ts";
import { runValidation } from "./validate.ts";

export type Content = Uint8Array | { readonly copyOf: string };

/** One change; `seen` is what the check saw there. */
export type Step =
  | { readonly do: "remove"; readonly path: string; readonly seen: Sight; readonly tree: boolean }
  | { readonly do: "directory"; readonly path: string; readonly attributes: Attributes }
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
  };

/** How one entry differs from what it should be. */
export interface Finding {
  readonly path: string;
  readonly reason: string;
  readonly steps: readonly Step[];
  readonly difference?: () => Awaitable<readonly string[]>;
}

/** Takes the steps one after the other; the first that fails ends it. Waits only where it must. */
export function takeSteps(
  steps: readonly Step[],
  params: FileParams,
  context: Context,
): Awaitable<Failure | undefined> {
  for (const [index, step] of steps.entries()) {
    const taken = takeStep(step, params, context);
    if (taken instanceof Promise) {
      const rest = steps.slice(index + 1);
      return taken.then((result) => result.ok ? takeSteps(rest, params, context) : result.failure);
    }
    if (!taken.ok) return taken.failure;
  }
  return undefined;
}

function takeStep(step: Step, params: FileParams, context: Context): Awaitable<Result<void>> {
  const { files } = context.host;
  switch (step.do) {
    case "directory":
      return files.makeDirectory(step.path, step.attributes);
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
        () => files.makeLink(step.path, step.target, step.attributes),
      );
    case "file":
      return afterBackup(step, context, () => writeFile(step, params, context));
  }
}

/** What is lost is kept below the prefix first. */
function afterBackup(
  { path, seen }: { readonly path: string; readonly seen: Sight },
  { host }: Context,
  change: () => Awaitable<Result<void>>,
): Awaitable<Result<void>> {
  if (seen.type === "absent") return change();
  return chain(host.files.backup(path, seen), (kept) => kept.ok ? change() : kept);
}

function writeFile(
  step: Extract<Step, { do: "file" }>,
  params: FileParams,
  context: Context,
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
        runValidation({ command: validate, seen, sensitive: params.sensitive }, temporary, context),
    }),
    signal: context.signal,
  });
}
