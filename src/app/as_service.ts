/**
 * What a run needs that was started as a service: its manager and its journal. Only imported where
 * the environment names one of them.
 *
 * @module
 */

import type { Clock } from "../host/clock.ts";
import { openJournal } from "../host/journal.ts";
import { openServiceNotify } from "../host/service_notify.ts";
import { JournalPage } from "../report/journal_page.ts";
import type { Page } from "../report/page.ts";
import { ServiceManager } from "./service_manager.ts";

/** The surroundings of a service. */
export interface Service {
  /** Where lines for people go; absent: to the standard error, as text. */
  readonly page: Page | undefined;
  /** Begins to tell the manager how the agent is; absent: nobody wants to hear it. */
  readonly manager: ((warn: (text: string) => void) => ServiceManager) | undefined;
  close(): void;
}

/** Opens them, and takes what names them out of the environment of commands. */
export function openService(
  file: string,
  clock: Clock,
  writeTalk: (text: string) => Promise<void>,
): Service {
  const journal = openJournal(clock);
  const notify = openServiceNotify(clock);
  const { breathe, sleep } = clock;
  return {
    page: journal && new JournalPage({ ...journal, writeTalk, breathe, sleep }),
    manager: notify && ((warn) => new ServiceManager({ notify, clock, file, warn })),
    close: () => journal?.close(),
  };
}
