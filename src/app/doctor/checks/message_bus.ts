import { busSocket } from "../../../systemd/bus/address.ts";
import type { DoctorCheck } from "../finding.ts";

const ANSWER_MS = 5000;

/** The system's message bus. */
export const messageBus: DoctorCheck = {
  area: "bus",
  looksAt: "whether the message bus of the host is there and answers",
  look: async ({ bus, signal, files }) => {
    const socket = busSocket("system");
    const path = socket.ok ? socket.value : "";
    const seen = await files.look(path);
    if (!socket.ok || (seen.ok && seen.value === undefined)) {
      const message = socket.ok ? `there is no message bus at ${path}` : socket.failure.message;
      return { fine: "", findings: [{ code: "bus-absent", message }] };
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
