/**
 * Comparing a setting of the kernel with what it should be, as it is now and as it is written down.
 *
 * @module
 */

import { chainOk } from "../../base/chain.ts";
import { LIMITS } from "../../base/limits.ts";
import { didYouMean } from "../../base/nearest.ts";
import { fail, failure, ok } from "../../base/result.ts";
import type { Awaitable, Failure, Result } from "../../base/result.ts";
import type { Sight } from "../../os/files/files.ts";
import { type Drift, drift, type KindContext } from "../../kind/kind.ts";
import { parentOf } from "../shared/files/path.ts";
import { ROOT, type SysctlParams } from "./params.ts";
import { normalized, sameValue } from "./values.ts";
import { LAST, overriding, valueInLast, writtenElsewhere, type WrittenSetting } from "./written.ts";

/** A file that has to be written, or removed where there is no text. */
export interface WrittenChange {
  readonly path: string;
  readonly seen: Sight;
  readonly text: string | undefined;
}

/** How a setting is, against what it should be. */
export interface FoundSetting {
  /** Set where the kernel has another value: what was seen. */
  readonly running: Sight | undefined;
  readonly files: readonly WrittenChange[];
  /** What is not as it should be. */
  readonly words: readonly string[];
  /** Why it will not be so from the next start on, whatever is written down here. */
  readonly overridden: Failure | undefined;
}

/** Compares what the kernel has, and what is written down. */
export async function findSetting(
  params: SysctlParams,
  context: KindContext,
): Promise<Result<FoundSetting>> {
  const now = await readSetting(params, context);
  if (!now.ok) return now;
  const { seen, value } = now.value;
  const isRight = sameValue(params.path, value, params.value);
  const others = params.persist ? await writtenElsewhere(params, context) : ok([]);
  if (!others.ok) return others;
  const isLate = overriding(params.file, params, others.value) !== undefined;
  const files: WrittenChange[] = [];
  for (const path of [params.file, params.lateFile]) {
    const isPlace = params.persist && path === (isLate ? params.lateFile : params.file);
    const change = await changeOf(path, isPlace ? fileText(params) : undefined, context);
    if (!change.ok) return change;
    if (change.value !== undefined) files.push(change.value);
  }
  return ok({
    running: isRight ? undefined : seen,
    files,
    words: [
      ...(isRight ? [] : [`${shown(value)} → ${shown(params.value)}`]),
      ...files.map(fileWords),
    ],
    overridden: isLate
      ? overriddenBy(overriding(params.lateFile, params, others.value), params)
      : undefined,
  });
}

async function changeOf(
  path: string,
  text: string | undefined,
  { host, signal }: KindContext,
): Promise<Result<WrittenChange | undefined>> {
  const options = { contentUpToBytes: LIMITS.syncReadBytes, signal };
  const looked = await host.files.look(path, options);
  if (!looked.ok) return looked;
  const seen = looked.value;
  const content = seen.type === "file" ? new TextDecoder().decode(seen.content) : undefined;
  const isRight = text === undefined ? seen.type === "absent" : content === text;
  return ok(isRight ? undefined : { path, seen, text });
}

function overriddenBy(
  other: WrittenSetting | undefined,
  { key, value }: SysctlParams,
): Failure | undefined {
  if (other === undefined) return undefined;
  return failure(
    `from the next start on ${key} is ${shown(other.value)}, not ${shown(value)}: ` +
      `${other.path} is read after all that is written here`,
    { code: "overridden", hint: "take the setting out of that file, or give it an earlier name" },
  );
}

/** What the kernel has now. */
export function readSetting(
  { key, path }: Pick<SysctlParams, "key" | "path">,
  context: Pick<KindContext, "host" | "signal">,
): Awaitable<Result<{ readonly seen: Sight; readonly value: string }>> {
  const { files } = context.host;
  const options = { contentUpToBytes: LIMITS.syncReadBytes, signal: context.signal };
  return chainOk(files.look(path, options), (seen) => {
    if (seen.type === "file" && seen.content !== undefined) {
      return ok({ seen, value: normalized(new TextDecoder().decode(seen.content)) });
    }
    if (seen.type === "absent") return unknown(key, path, context);
    return fail(`${key} is a group of settings, not one`, {
      code: "wrong-type",
      hint: `name one of those in ${path}`,
    });
  });
}

/** The nearest directory that there is tells what was most likely meant. */
function unknown(
  key: string,
  path: string,
  context: Pick<KindContext, "host">,
): Awaitable<Result<never>> {
  const { files } = context.host;
  const parent = parentOf(path);
  return chainOk(files.look(parent), (seen): Awaitable<Result<never>> => {
    if (seen.type === "absent" && parent.startsWith(`${ROOT}/`)) {
      return unknown(key, parent, context);
    }
    if (seen.type !== "directory") {
      return fail(`there are no settings of the kernel in ${ROOT}`, {
        code: "no-proc",
        hint: "mount /proc",
      });
    }
    return chainOk(files.list(parent), ({ entries }) => {
      const similar = didYouMean(
        path.slice(parent.length + 1),
        entries.map(({ name }) => name),
      );
      const module = "it may come with a module of the kernel that is not loaded";
      return fail(`the kernel has no setting ${key}: there is no ${path}`, {
        code: "unknown-key",
        hint: similar === undefined ? module : `${similar}; or ${module}`,
      });
    });
  });
}

/** The text that is written down. */
function fileText({ key, value }: SysctlParams): string {
  return `# Kept so by mgmt.\n${key} = ${value}\n`;
}

function fileWords({ path, seen, text }: WrittenChange): string {
  if (text === undefined) return `${path} is there and should not be`;
  return seen.type === "absent" ? `${path} does not exist` : `${path} differs`;
}

function shown(value: string): string {
  return /^-?[0-9]+$/.test(value) ? value : JSON.stringify(value);
}

/** What a setting remembers between passes. */
export interface SysctlMemory {
  /** What was last warned of. */
  warned: string | undefined;
}

/** Compares the setting, and where it is written down, with what it should be. */
export async function check(
  params: SysctlParams,
  context: KindContext<SysctlMemory>,
): Promise<Drift<FoundSetting> | Failure | undefined> {
  const found = await findSetting(params, context);
  if (!found.ok) return found.failure;
  const { words, overridden } = found.value;
  if (words.length > 0) return drift(words.join(", "), found.value);
  if (overridden !== undefined) return overridden;
  return params.persist ? await judgeLast(params, context) : undefined;
}

/** What `sysctl` reads at last counts at the next start only where systemd does not run the host. */
async function judgeLast(
  params: SysctlParams,
  context: KindContext<SysctlMemory>,
): Promise<Failure | undefined> {
  const { memory, warn } = context;
  const value = await valueInLast(params, context);
  const text = value === undefined || sameValue(params.path, value, params.value)
    ? undefined
    : `${LAST} says ${params.key} = ${value}, and \`sysctl --system\` reads that at last`;
  if (text !== undefined && !await isRunBySystemd(context)) {
    return failure(text, { code: "overridden", hint: "take the setting out of that file" });
  }
  if (text !== undefined && text !== memory.warned) warn(text);
  memory.warned = text;
  return undefined;
}

async function isRunBySystemd({ host, signal }: KindContext): Promise<boolean> {
  const seen = await host.files.look("/run/systemd/system", { signal });
  return seen.ok && seen.value.type === "directory";
}
