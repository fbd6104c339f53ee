import { onAbort } from "../base/either.ts";
import { fail } from "../base/result.ts";
import type { Host } from "../host/host.ts";
import { addSeen } from "./causes.ts";
import type { EngineOptions } from "./options.ts";
import type { Vertex } from "./vertex.ts";

/** Sets up a vertex's own watch; `look` is called when it may be time to look again. */
export function watchVertex(
  vertex: Vertex,
  { host, emit, filled }: EngineOptions,
  look: (vertex: Vertex) => void,
): void {
  const whole = filled?.(vertex.resource);
  const { kind, key, params } = whole?.ok ? whole.value : vertex.resource;
  const seen = whole?.ok === false ? withoutCommands(host) : host;
  const wallMs = () => host.clock.wall().getTime();
  vertex.watch = kind.watch?.(params, {
    host: seen,
    signal: vertex.controller.signal,
    memory: vertex.memory,
    changed: (seen) => {
      vertex.event = true;
      vertex.heardMs ??= host.clock.nowMs();
      if (seen !== undefined) addSeen(vertex, seen, wallMs);
      look(vertex);
    },
    line: (text, stream) => emit({ type: "output", key, text, stream }),
    warn: (text) => emit({ type: "warning", key, text }),
  });
}

/** What lacks a secret watches where it is, but no command is started with a token in its place. */
function withoutCommands(host: Host): Host {
  const run: Host["processes"]["run"] = ({ signal }) =>
    new Promise((resolve) =>
      onAbort(signal, () => resolve(fail("it was not started", { code: "stopped" })))
    );
  return { ...host, processes: { ...host.processes, run } };
}
