/**
 * What a run needs that was started as a service: its manager and its journal. Only imported where
 * the environment names one of them.
 *
 * @module
 */

import type { Clock } from "../../os/clock.ts";
import { openJournal } from "../../systemd/journal_socket.ts";
import { openServiceNotify } from "../../systemd/service_notify.ts";
import { JournalSink } from "../../report/journal_sink.ts";
import type { LineSink } from "../../report/line_sink.ts";
import { ServiceManager, type ServiceManagerOptions } from "./service_manager.ts";

/** The surroundings of a service. */
export interface ServiceLinks {
  /** Where lines for people go; absent: to the standard error, as text. */
  readonly page: LineSink | undefined;
  /** Begins to tell the manager how the agent is; absent: nobody wants to hear it. */
  readonly manager:
    | ((options: Pick<ServiceManagerOptions, "state" | "warn">) => ServiceManager)
    | undefined;
  close(): void;
}

/** Opens them, and takes what names them out of the environment of commands. */
export function openService(
  file: string,
  clock: Clock,
  writeTalk: (text: string) => Promise<void>,
): ServiceLinks {
  const journal = openJournal(clock);
  const notify = openServiceNotify(clock);
  const { yieldTurn, sleep } = clock;
  return {
    page: journal && new JournalSink({ ...journal, writeTalk, yieldTurn, sleep }),
    manager: notify && ((options) => new ServiceManager({ notify, clock, file, ...options })),
    close: () => journal?.close(),
  };
}
