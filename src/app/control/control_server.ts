/**
 * What the sockets of an agent are made of, as one piece that is loaded when they open.
 *
 * @module
 */

import { ok } from "../../base/result.ts";
import type { ControlledAgent, MonitoredAgent } from "../../control/agent.ts";
import type { Askers } from "../../control/route.ts";
import { controlOf } from "../../control/server.ts";
import type { LocalHost } from "../../host/local.ts";
import type { Recorder } from "../../journal/recorder.ts";
import { serveRequest } from "../../os/network/listen/http_service.ts";
import { listenAtFile, type SocketPlace } from "../../os/network/listen/socket_file.ts";
import type { EventSink, Reporter } from "../../report/event.ts";
import { EVENT_READERS_MAX, EventFeed } from "../../report/event_feed.ts";
import type { PrivateThings } from "../../report/for_readers.ts";
import type { RunTotals } from "../../report/metrics/totals.ts";
import type { Snapshot } from "../../report/state.ts";
import type { RunSettings } from "../settings.ts";
import { isGraphOpen } from "../../os/graph_openness.ts";
import { isPrivate } from "../running_plan/private_resource.ts";
import { AgentFigures, type FigureParts } from "./agent_figures.ts";
import { controlledAgent, type ControlledParts } from "./controlled_agent.ts";
import { MonitoringDoor } from "./monitoring_door.ts";
import { SocketDoor, type SocketDoorOptions } from "./socket_door.ts";
import { controlSocketPath, readSocketPlace } from "./socket_places.ts";

/** Time for a question. */
const QUESTION_MS = 10_000;

/** Connections at once: of the owner more than a few are a mistake of his; readers stay. */
const CONNECTIONS_MAX: Readonly<Record<Askers, number>> = {
  owner: 64,
  readers: 2 * EVENT_READERS_MAX,
};

/** What of a run the sockets need to know. */
export interface ControlSocketOptions {
  readonly settings:
    & Pick<RunSettings, "convergedTimeoutSeconds" | "metrics">
    & ControlledParts["settings"];
  readonly state: { readonly snapshot: Snapshot };
  readonly totals: RunTotals;
  readonly graphPath: string;
  readonly host: LocalHost;
  readonly reporter: Reporter;
  readonly journal: Recorder | undefined;
  /** Absolute, and this process's alone; undefined: there is no socket. */
  readonly prefix: string | undefined;
  /** Has somebody hear what happens, from now on. */
  readonly follow: (sink: EventSink) => void;
}

type ServerParts =
  & ControlSocketOptions
  & Omit<ControlledParts, "privacy" | "events" | "metrics" | "exchange">
  & Omit<FigureParts, "events">;

/** Where an agent is asked, all of which is not open yet. */
export interface Doors {
  readonly sockets: readonly SocketDoor[];
  /** The address of its own that monitoring has; undefined: none was asked for. */
  readonly monitoring: MonitoringDoor | undefined;
  /** Resolves when nothing that was asked for is under way, and readers have read. */
  idle(): Promise<void>;
}

/** The doors of an agent; without a prefix it has no sockets. */
export function openDoors(parts: ServerParts): Doors {
  const { prefix, state, engine, reporter, host: { clock }, placeOf, graphPath } = parts;
  const { settings: { metrics: address } } = parts;
  const privacy: PrivateThings = {
    isGraphOpen: () => isGraphOpen(graphPath),
    isPrivate: (key) => {
      const resource = engine.graph.vertices.get(key);
      return resource === undefined || isPrivate(resource);
    },
  };
  const events = prefix === undefined ? undefined : new EventFeed({ clock, placeOf, ...privacy });
  const figures = new AgentFigures({ ...parts, events });
  const metrics = () => figures.read();
  const monitored: MonitoredAgent = {
    get snapshot() {
      return state.snapshot;
    },
    stuck: () => engine.stuck(),
    metrics,
  };
  const answered = () => parts.memory.answered();
  const monitoring = address &&
    new MonitoringDoor({ address, agent: monitored, clock, reporter, answered });
  if (prefix === undefined || events === undefined) {
    return { sockets: [], monitoring, idle: () => Promise.resolve() };
  }
  parts.follow(events);
  const exchange = () => figures.exchange();
  const agent = controlledAgent(state, { ...parts, privacy, events, metrics, exchange, prefix });
  return {
    sockets: socketDoors(agent, { prefix, reporter, answered }),
    monitoring,
    idle: async () => void await Promise.all([agent.idle(), events.close()]),
  };
}

function socketDoors(
  agent: ControlledAgent,
  { prefix, reporter, answered }: {
    readonly prefix: string;
    readonly reporter: EventSink;
    readonly answered: () => void;
  },
): readonly SocketDoor[] {
  const doorOf = (
    askers: Askers,
    door: Pick<SocketDoorOptions, "place" | "without">,
  ) => {
    const control = controlOf(agent, askers);
    const limits = { connectionsMax: CONNECTIONS_MAX[askers], connectionMs: QUESTION_MS };
    return new SocketDoor({
      ...door,
      listen: (place: SocketPlace) =>
        listenAtFile(
          place,
          limits,
          (connection) => serveRequest(connection, control).finally(answered),
        ),
      warn: (text) => reporter.event({ type: "warning", text }),
    });
  };
  const owner = doorOf("owner", {
    place: () => ok({ path: controlSocketPath(prefix) }),
    without: "so that no command reaches this agent",
  });
  const readers = doorOf("readers", {
    place: () => readSocketPlace(prefix),
    without: "so that only its owner can ask this agent",
  });
  return [owner, readers];
}
