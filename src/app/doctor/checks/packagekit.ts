import { PACKAGEKIT, PACKAGEKIT_PATH, PROPERTIES } from "../../../packages/packagekit/protocol.ts";
import type { CheckedHost } from "../checked_host.ts";
import { type DoctorCheck, notSeen } from "../finding.ts";

const ANSWER_MS = 5000;

/** PackageKit, which is asked only where it runs already. */
export const packagekit: DoctorCheck = {
  area: "packagekit",
  looksAt: "whether PackageKit is there, and answers where it runs; it is not started for that",
  look: async (host) => {
    const owned = await ask(host, "NameHasOwner", [PACKAGEKIT], "s");
    if (!owned.ok && owned.failure.code === "bus-unavailable") {
      return { fine: "", findings: [notSeen("PackageKit", "the message bus cannot be reached")] };
    }
    if (!owned.ok) return { fine: "", findings: [notSeen("PackageKit", owned.failure.message)] };
    if (owned.value[0] !== true) return await startable(host);
    const answer = await host.bus.call({
      service: PACKAGEKIT,
      path: PACKAGEKIT_PATH,
      interface: PROPERTIES,
      member: "Get",
      signature: "ss",
      body: [PACKAGEKIT, "BackendName"],
      timeoutMs: ANSWER_MS,
    }, host.signal);
    if (answer.ok) return { fine: `runs (${answer.value[0]})`, findings: [] };
    const message = `PackageKit runs and does not answer: ${answer.failure.message}`;
    return { fine: "", findings: [{ code: "packagekit-silent", message }] };
  },
};

async function startable(host: CheckedHost) {
  const names = await ask(host, "ListActivatableNames");
  if (!names.ok) return { fine: "", findings: [notSeen("PackageKit", names.failure.message)] };
  const list = names.value[0];
  if (Array.isArray(list) && list.includes(PACKAGEKIT)) {
    return {
      fine: "installed, does not run (it is started when needed, and was not for this)",
      findings: [],
    };
  }
  const message = "there is no PackageKit: packages are managed with the host's own tools";
  return { fine: "", findings: [{ code: "packagekit-absent" as const, message }] };
}

function ask(
  { bus, signal }: CheckedHost,
  member: string,
  body: readonly unknown[] = [],
  signature = "",
) {
  return bus.call({
    service: "org.freedesktop.DBus",
    path: "/org/freedesktop/DBus",
    interface: "org.freedesktop.DBus",
    member,
    body,
    signature,
    timeoutMs: ANSWER_MS,
  }, signal);
}
