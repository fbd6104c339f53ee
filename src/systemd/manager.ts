/**
 * Calls to the service manager, without any state.
 *
 * @module
 */

import type { Failure } from "../base/result.ts";
import type { Bus, BusAnswer, BusCall } from "./bus/bus.ts";

export const SYSTEMD = "org.freedesktop.systemd1";
export const MANAGER_PATH = "/org/freedesktop/systemd1";
export const MANAGER = "org.freedesktop.systemd1.Manager";
export const UNIT = "org.freedesktop.systemd1.Unit";
export const SERVICE = "org.freedesktop.systemd1.Service";
export const JOB = "org.freedesktop.systemd1.Job";
export const PROPERTIES = "org.freedesktop.DBus.Properties";

/** Time for a daemon-reload; hosts with many units take long. */
export const RELOAD_MS = 90_000;

/** Properties of an object, by name. */
export type Properties = Readonly<Record<string, unknown>>;

/** Calls a method of the manager. */
export function callManager(
  bus: Bus,
  member: string,
  rest: Pick<BusCall, "signature" | "body" | "timeoutMs"> = {},
  signal?: AbortSignal,
): Promise<BusAnswer> {
  const call = { service: SYSTEMD, path: MANAGER_PATH, interface: MANAGER, member, ...rest };
  return bus.call(call, signal);
}

/** All properties of an interface of an object. */
export async function allProperties(
  bus: Bus,
  path: string,
  name: string,
  signal?: AbortSignal,
): Promise<{ ok: true; value: Properties } | { ok: false; failure: Failure }> {
  const answer = await bus.call({
    service: SYSTEMD,
    path,
    interface: PROPERTIES,
    member: "GetAll",
    signature: "s",
    body: [name],
  }, signal);
  if (!answer.ok) return answer;
  return { ok: true, value: answer.value[0] as Properties };
}

/** One property of an object as a text; empty where it has none. */
export async function propertyOf(
  bus: Bus,
  path: string,
  name: string,
  property: string,
  signal?: AbortSignal,
): Promise<string> {
  const answer = await bus.call({
    service: SYSTEMD,
    path,
    interface: PROPERTIES,
    member: "Get",
    signature: "ss",
    body: [name, property],
  }, signal);
  return answer.ok ? String(answer.value[0]) : "";
}

/** Errors of a bus that say that there is no such object; a job's goes with it. */
const NO_OBJECT = new Set([
  "org.freedesktop.DBus.Error.UnknownObject",
  "org.freedesktop.DBus.Error.UnknownMethod",
  "org.freedesktop.DBus.Error.UnknownInterface",
  "org.freedesktop.systemd1.NoSuchJob",
]);

/** Whether a job, by its object, has not ended; undefined: that cannot be told now. */
export async function jobExists(bus: Bus, path: string): Promise<boolean | undefined> {
  const found = await allProperties(bus, path, JOB);
  if (found.ok) return true;
  return NO_OBJECT.has(found.failure.code ?? "") ? false : undefined;
}

/** A failure of the bus as one about a unit. */
export function aboutUnit(what: string, unit: string, { message, code, hint }: Failure): Failure {
  const denied = code === "org.freedesktop.DBus.Error.AccessDenied" ||
    code === "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired";
  return {
    type: "failure",
    message: `cannot ${what} ${unit}: ${message}`,
    ...(code === undefined ? {} : { code }),
    ...(denied ? { hint: "run mgmt as root" } : hint === undefined ? {} : { hint }),
  };
}
