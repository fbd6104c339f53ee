import { busSocket } from "../../../systemd/bus/address.ts";
import { isJsonObject } from "../../../base/json.ts";
import type { AgentSight } from "../checked_host.ts";
import type { DoctorCheck } from "../finding.ts";

const ANSWER_MS = 5000;

/** Kinds that never ask the bus; of every other it is not known. */
const WITHOUT_BUS = new Set([
  ...["authorized_key", "exec", "file", "group", "hosts", "ini", "json", "known_host", "line"],
  ...["msg", "noop", "sudoers", "toml", "user", "value", "yaml"],
]);

/** The system's message bus. */
export const messageBus: DoctorCheck = {
  area: "bus",
  looksAt: "whether the message bus of the host is there and answers",
  look: async ({ bus, signal, files, agent }) => {
    const socket = busSocket("system");
    const path = socket.ok ? socket.value : "";
    const seen = await files.look(path);
    if (!socket.ok || (seen.ok && seen.value === undefined)) {
      const message = socket.ok ? `there is no message bus at ${path}` : socket.failure.message;
      if (!isNeedless(agent)) return { fine: "", findings: [{ code: "bus-absent", message }] };
      const needless = `${message}, and nothing of the running graph needs one`;
      return { fine: "", findings: [{ code: "bus-not-needed", message: needless }] };
    }
    const answer = await bus.call({
      service: "org.freedesktop.DBus",
      path: "/org/freedesktop/DBus",
      interface: "org.freedesktop.DBus",
      member: "GetId",
      timeoutMs: ANSWER_MS,
    }, signal);
    if (answer.ok) return { fine: `answers at ${path}`, findings: [] };
    const message = `the message bus at ${path} does not answer: ${answer.failure.message}`;
    return { fine: "", findings: [{ code: "bus-silent", message }] };
  },
};

/** Whether an agent runs whose graph is known to ask nothing of a bus. */
function isNeedless(agent: AgentSight): boolean {
  const kinds = agent.type === "answers" ? agent.status["kinds"] : undefined;
  return isJsonObject(kinds) && Object.keys(kinds).every((kind) => WITHOUT_BUS.has(kind));
}
