/**
 * Setting the names of a host.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import type { Sight } from "../../os/files/files.ts";
import type { KindContext } from "../../kind/kind.ts";
import type { WorkContext } from "../../kind/work_context.ts";
import { foreseeChange } from "../shared/files/foresee.ts";
import { findNames, STATIC } from "./check.ts";
import { MACHINE_INFO, withPrettyName } from "./machine_info.ts";

/** Who sets the running name where systemd is. */
export const SERVICE = "org.freedesktop.hostname1";
export const OBJECT = "/org/freedesktop/hostname1";

const TIMEOUT_MS = 10_000;

/** Why the file of a name could not be written. */
export async function fileRefusal(
  path: string,
  seen: Sight,
  context: KindContext,
): Promise<Failure | undefined> {
  const problem = await foreseeChange({ path, seen, does: "replace" }, context);
  return problem?.code === "busy"
    ? await foreseeChange({ path, seen, does: "write-into" }, context)
    : problem;
}

/** Writes the name that the host has after its next start. */
export async function setStaticName(
  name: string,
  seen: Sight,
  context: KindContext,
): Promise<Failure | undefined> {
  return await writeFile(STATIC, `${name}\n`, seen, context);
}

/** Writes the name for people. */
export async function setPrettyName(
  name: string,
  seen: Sight,
  context: KindContext,
): Promise<Failure | undefined> {
  const text = seen.type === "file" ? new TextDecoder().decode(seen.content) : "";
  return await writeFile(MACHINE_INFO, withPrettyName(text, name), seen, context);
}

async function writeFile(
  path: string,
  text: string,
  seen: Sight,
  { host, signal }: KindContext,
): Promise<Failure | undefined> {
  const kept = seen.type === "absent" ? undefined : await host.files.backup(path, seen);
  if (kept?.ok === false) return kept.failure;
  const content = new TextEncoder().encode(text);
  const request = { path, content, seen, signal };
  const written = await host.files.write(request);
  if (written.ok) return undefined;
  // In a container it may be mounted from outside; so little is written in one go.
  const mounted = written.failure.code === "busy";
  const again: Result<void> = mounted
    ? await host.files.write({ ...request, inPlace: true })
    : written;
  return again.ok ? undefined : again.failure;
}

/**
 * Sets the name that the kernel goes by: through systemd, which tells others, or else directly. Where
 * there is a static name systemd takes that for the kernel's, whatever it was told.
 */
export async function setRunningName(
  name: string,
  context: WorkContext,
): Promise<Failure | undefined> {
  const { host, signal } = context;
  const call = {
    service: SERVICE,
    path: OBJECT,
    interface: SERVICE,
    member: "SetHostname",
    signature: "sb",
    body: [name, false],
    timeoutMs: TIMEOUT_MS,
  };
  const answer = await host.systemBus.call(call, signal);
  if (answer.ok && await runsAs(name, context)) return undefined;
  const ran = await host.processes.run({
    argv: ["hostname", "--", name],
    resource: context.key,
    env: { LC_ALL: "C" },
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  if (ran.ok && ran.value.code === 0) return undefined;
  const why = ran.ok ? ran.value.tail.join(" / ") : ran.failure.message;
  const other = answer.ok ? "systemd sets the static one" : answer.failure.message;
  return failure(`the running name cannot be set: ${why}; and ${other}`, {
    code: "not-set",
    hint: "root can; in a container the name is most often given from outside",
  });
}

async function runsAs(
  name: string,
  context: WorkContext,
): Promise<boolean> {
  const found = await findNames({ transient: name }, context);
  return found.ok && found.value === undefined;
}
