/**
 * Setting the two names of a host.
 *
 * @module
 */

import { type Failure, failure } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import type { Sight } from "../../os/files/files.ts";
import type { KindContext } from "../../kind/kind.ts";
import { foreseeChange } from "../shared/files/foresee.ts";
import { STATIC } from "./check.ts";

/** Who sets the running name where systemd is. */
export const SERVICE = "org.freedesktop.hostname1";
export const OBJECT = "/org/freedesktop/hostname1";

const TIMEOUT_MS = 10_000;

/** Why the name could not be written. */
export async function staticRefusal(
  seen: Sight,
  context: KindContext,
): Promise<Failure | undefined> {
  const problem = await foreseeChange({ path: STATIC, seen, does: "replace" }, context);
  return problem?.code === "busy"
    ? await foreseeChange({ path: STATIC, seen, does: "write-into" }, context)
    : problem;
}

/** Writes the name that the host has after its next start. */
export async function setStaticName(
  name: string,
  seen: Sight,
  { host, signal }: KindContext,
): Promise<Failure | undefined> {
  const kept = seen.type === "absent" ? undefined : await host.files.backup(STATIC, seen);
  if (kept?.ok === false) return kept.failure;
  const content = new TextEncoder().encode(`${name}\n`);
  const request = { path: STATIC, content, seen, signal };
  const written = await host.files.write(request);
  if (written.ok) return undefined;
  // In a container it may be mounted from outside; one short line is written in one go.
  const mounted = written.failure.code === "busy";
  const again: Result<void> = mounted
    ? await host.files.write({ ...request, inPlace: true })
    : written;
  return again.ok ? undefined : again.failure;
}

/** Sets the name that the kernel goes by: through systemd, which tells others, or else directly. */
export async function setRunningName(
  name: string,
  { host, signal }: KindContext,
): Promise<Failure | undefined> {
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
  if (answer.ok) return undefined;
  const ran = await host.processes.run({
    argv: ["hostname", "--", name],
    env: { LC_ALL: "C" },
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  if (ran.ok && ran.value.code === 0) return undefined;
  const why = ran.ok ? ran.value.tail.join(" / ") : ran.failure.message;
  return failure(`the running name cannot be set: ${why}; and ${answer.failure.message}`, {
    code: "not-set",
    hint: "root can; in a container the name is most often given from outside",
  });
}
