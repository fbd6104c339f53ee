/**
 * The agent as a systemd service: the text of its unit. Pure.
 *
 * @module
 */

import { argumentWord, lineText, programWord } from "../../base/systemd_quote.ts";

/** The name of the unit. */
export const UNIT_NAME = "mgmt.service";

/** What every unit of ours begins with; a unit without it was written by somebody else. */
export const UNIT_MARK = "# Written by mgmt service install, which replaces it.";

/** What differs between units. */
export interface UnitOptions {
  /** The program, absolute. */
  readonly executable: string;
  /** The graph file, absolute. */
  readonly graph: string;
  /** The arguments of the program. */
  readonly args: readonly string[];
}

/** The text of the unit. */
export function unitText({ executable, graph, args }: UnitOptions): string {
  const line = (words: readonly string[]) =>
    [programWord(executable), ...words.map(argumentWord)].join(" ");
  const state = args.filter((argument) => /^--(prefix|hostname)=/.test(argument));
  return `${UNIT_MARK}
# Your own settings belong beside it: systemctl edit mgmt

[Unit]
Description=mgmt keeps this host as ${lineText(graph)} says
${
    documentation(graph)
  }# The other way round it is stopped before them, while it can still finish what it does.
After=dbus.service network.target
# It never gives up: what is wrong (the graph file, a full disk) may be put right at any time.
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart=${line(args)}
# A signal alone would not say whether the graph was taken.
ExecReload=${line(["service", "reload", ...state])}
Restart=on-failure
RestartSec=5s
SuccessExitStatus=130 143
# Commands that run at a stop are finished: the agent asks for more time as long as they need it.
KillMode=mixed
TimeoutStopSec=90s
# The agent reports as long as it makes progress. SIGKILL, because an image of its memory may hold secrets.
WatchdogSec=60s
WatchdogSignal=SIGKILL
StateDirectory=mgmt
StateDirectoryMode=0700
UMask=0077
LimitCORE=0
# The agent raises its own; what it starts begins with the first.
LimitNOFILE=1024:524288
# What nothing that a graph does needs.
RestrictRealtime=yes
LockPersonality=yes
KeyringMode=private

[Install]
WantedBy=multi-user.target
`;
}

/** `Documentation=` takes addresses without blanks, so not every path can be named there. */
function documentation(graph: string): string {
  return /^[\w/.@+,:-]+$/.test(graph) ? `Documentation=file://${graph}\n` : "";
}
