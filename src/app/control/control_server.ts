/**
 * What the sockets of an agent are made of, as one piece that is loaded when they open.
 *
 * @module
 */

import { ok } from "../../base/result.ts";
import type { Askers } from "../../control/route.ts";
import { controlOf } from "../../control/server.ts";
import type { LocalHost } from "../../host/local.ts";
import type { Recorder } from "../../journal/recorder.ts";
import { serveRequest } from "../../os/network/listen/http_service.ts";
import { listenAtFile, type SocketPlace } from "../../os/network/listen/socket_file.ts";
import type { EventSink, Reporter } from "../../report/event.ts";
import { EVENT_READERS_MAX, EventFeed } from "../../report/event_feed.ts";
import type { Snapshot } from "../../report/state.ts";
import type { RunSettings } from "../settings.ts";
import { controlledAgent, type ControlledParts } from "./controlled_agent.ts";
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
  readonly settings: Pick<RunSettings, "convergedTimeoutSeconds">;
  readonly state: { readonly snapshot: Snapshot };
  readonly graphPath: string;
  readonly host: LocalHost;
  readonly reporter: Reporter;
  readonly journal: Recorder | undefined;
  /** Absolute, and this process's alone; undefined: there is no socket. */
  readonly prefix: string | undefined;
  /** Has somebody hear what happens, from now on. */
  readonly follow: (sink: EventSink) => void;
}

type ServerParts = ControlSocketOptions & Omit<ControlledParts, "events"> & {
  readonly prefix: string;
};

/** The sockets of an agent, which are not open yet. */
export function openDoors(
  parts: ServerParts,
): { readonly doors: readonly SocketDoor[]; idle(): Promise<void> } {
  const { prefix, state, reporter, host: { clock }, placeOf } = parts;
  const events = new EventFeed({ clock, placeOf });
  parts.follow(events);
  const agent = controlledAgent(state, { ...parts, events });
  const doorOf = (
    askers: Askers,
    door: Pick<SocketDoorOptions, "place" | "without">,
  ) => {
    const control = controlOf(agent, askers);
    const limits = { connectionsMax: CONNECTIONS_MAX[askers], connectionMs: QUESTION_MS };
    return new SocketDoor({
      ...door,
      listen: (place: SocketPlace) =>
        listenAtFile(place, limits, (connection) => serveRequest(connection, control)),
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
  return {
    doors: [owner, readers],
    idle: async () => void await Promise.all([agent.idle(), events.close()]),
  };
}
