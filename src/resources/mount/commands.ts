/**
 * The host's own programs for mounts: mount, umount, findfs.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { WorkContext } from "../../kind/work_context.ts";
import type { FindTag } from "./device.ts";
import { kernelOptions } from "./options.ts";
import type { MountParams } from "./params.ts";

/** How mount and umount say that the system refused. */
const EXIT_REFUSED = 32;
/** What reads the devices themselves: the first of these that is there. */
const FINDERS: readonly (readonly [string, ...string[]])[] = [
  ["findfs"],
  ["blkid", "-l", "-o", "device", "-t"],
];
const FIND_TIMEOUT_MS = 30_000;

/** Mounts it at `target`, where it belongs if none is given. */
export function mount(
  params: MountParams,
  context: WorkContext,
  target = params.path,
): Promise<Failure | undefined> {
  const { path, device, type, bind, options = [] } = params;
  const argv = [
    ...(type === "auto" || bind ? [] : ["-t", type]),
    ...withOptions(kernelOptions(options, false)),
    "--",
    device,
    target,
  ];
  return run(["mount", ...argv], `mount ${device} on ${path}`, params, context);
}

/** Brings the options of what is mounted there into force. */
export function remount(params: MountParams, context: WorkContext): Promise<Failure | undefined> {
  const { path, device, options = [] } = params;
  const argv = ["mount", ...withOptions(kernelOptions(options, true)), "--", device, path] as const;
  return run(argv, `mount ${path} with other options`, params, context);
}

/** Shows what is mounted on a directory on another one, too, with the options that it has. */
export function bind(
  from: string,
  to: string,
  params: MountParams,
  context: WorkContext,
): Promise<Failure | undefined> {
  const what = to === params.path ? `mount ${params.device} on ${to}` : `keep what is on ${from}`;
  return run(["mount", "--bind", "--", from, to], what, params, context);
}

/** Unmounts what is on top there. */
export function unmount(
  params: MountParams,
  context: WorkContext,
  target = params.path,
): Promise<Failure | undefined> {
  return run(["umount", "--", target], `unmount ${target}`, params, context);
}

/** Runs mount or umount; what they print is the reason when they fail. */
export async function run(
  argv: readonly [string, ...string[]],
  what: string,
  { timeoutSeconds }: Pick<MountParams, "timeoutSeconds">,
  { host, signal, key }: WorkContext,
): Promise<Failure | undefined> {
  const ran = await host.processes.run({
    argv,
    resource: key,
    env: { LC_ALL: "C" },
    timeoutMs: timeoutSeconds * 1000,
    signal,
  });
  const no = (why: string, more: { code?: string; hint?: string } = {}): Failure =>
    failure(`cannot ${what}: ${why}`, more);
  if (!ran.ok) return ran.failure;
  const { code, ended, signal: killedBy, tail, survivors } = ran.value;
  if (code === 0) return undefined;
  if (ended === "timeout") {
    const left = survivors > 0 ? "; it cannot be ended, and waits on" : "";
    return no(`it did not end within ${timeoutSeconds} s${left}`, {
      code: "timeout",
      hint: "does the server or the device answer? timeout says how long it may take",
    });
  }
  if (ended === "stopped") return no("it was stopped", { code: "stopped" });
  const said = reasonIn(tail);
  if (code === EXIT_REFUSED && /busy|already mounted/.test(said)) return no(said, { code: "busy" });
  return no(
    said ||
      (code === undefined
        ? `${argv[0]} was ended by ${killedBy}`
        : `${argv[0]} exited with code ${code}`),
  );
}

/** Finds the device that carries a tag; undefined: there is none, or nobody to ask. */
export function tagFinder({ host: { processes }, signal }: WorkContext): FindTag {
  return async (tag) => {
    for (const finder of FINDERS) {
      // What it remembers of devices is no state of ours.
      const env = { LC_ALL: "C", BLKID_FILE: "/dev/null" };
      const argv = [...finder, tag] as const;
      const ran = await processes.run({ argv, env, timeoutMs: FIND_TIMEOUT_MS, signal });
      if (!ran.ok) continue;
      const found = ran.value.code === 0 ? ran.value.tail.at(-1)?.trim() : undefined;
      return found?.startsWith("/") ? found : undefined;
    }
    return undefined;
  };
}

function withOptions(list: readonly string[]): readonly string[] {
  return list.length === 0 ? [] : ["-o", list.join(",")];
}

/** What they print begins with their names and the path, and advice to look into other logs. */
function reasonIn(tail: readonly string[]): string {
  return tail.filter((line) => line.trim() !== "" && !/dmesg\(1\)/.test(line))
    .map((line) => line.replace(/^u?mount(\.\w+)?: (\/[^:]*: )?/, "").replace(/\.$/, "").trim())
    .join(" / ").slice(0, 300);
}
