/**
 * What every kind whose changes can be taken back must do, tried on all of its examples: apply, then
 * undo, and everything is as it was.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { UndoTarget } from "../../src/app/undo/choose.ts";
import { takeBack, type UndoHands } from "../../src/app/undo/take_back.ts";
import { undoContext } from "../../src/app/undo/undo_context.ts";
import { kindOf } from "../../src/base/words.ts";
import { ok } from "../../src/base/result.ts";
import type { UndoReport, UndoWish } from "../../src/control/undo.ts";
import type { EngineEvent } from "../../src/engine/event.ts";
import { createLocalHost } from "../../src/host/local.ts";
import type { AnyKind } from "../../src/kind/kind.ts";
import { registry } from "../../src/resources/registry.ts";
import { shell } from "./program.ts";

/** What its own programs change beside. */
const NOISE = "\\( -name '*-' -o -name '*.lock' -o -name shadow -o -name gshadow " +
  "-o -name ld.so.cache -o -name '*.wants' \\)";

/** What a host is like, as far as kinds change it: each line for itself is compared. */
const HOST = [
  `find /etc -xdev ${NOISE} -prune -o -printf '%p %y %m %u %g %l\\n' | sort`,
  `find /etc -xdev ${NOISE} -prune -o -type f -exec md5sum {} + | sort`,
  "cut -d: -f1,2 /etc/shadow",
  "cat /proc/sys/kernel/hostname /proc/sys/net/ipv4/ip_forward " +
  "/proc/sys/net/ipv4/ip_local_port_range /proc/sys/net/ipv4/conf/lo/log_martians",
  "cut -d' ' -f4- /proc/self/mountinfo | sed 's/shared:[0-9]* //; s/master:[0-9]* //' | sort",
  "systemctl list-units --all --plain --no-legend '*mgmt*' 'systemd-tmpfiles-clean*' " +
  "| awk '$2 == \"loaded\" {print $1, $2, $3}'",
  "systemctl list-unit-files --no-legend '*mgmt*' 'systemd-tmpfiles-clean*'",
];

const WISH: UndoWish = {
  choice: { by: "since", sinceMs: 0 },
  noop: false,
  force: false,
  author: "ann",
  forMs: 1000,
};

/** All that could be another after a run: of a directory, and of a host where its kinds change that. */
export async function wholeSnapshot(directory: string, changesHost: boolean): Promise<string> {
  const below = `cd ${directory} && find . -path ./prefix -prune -o -printf '%p %y %m %u %g %l ' ` +
    "\\( -type f -exec md5sum {} \\; -o -printf '\\n' \\) | sort";
  const commands = changesHost ? [below, ...HOST] : [below];
  const texts = [];
  for (const command of commands) texts.push(await shell(command));
  return texts.join("\n");
}

/** Takes back what a run did, the last first; undefined: not all of it can be. */
export async function undoRun(
  events: readonly EngineEvent[],
  prefix: string,
): Promise<UndoReport | undefined> {
  const targets: UndoTarget[] = [];
  for (const event of events) {
    if (event.type === "undo-record") {
      const { key, undo: { things, lacks } } = event;
      const about = { key, changes: [targets.length + 1], atMs: 0, reason: "", things };
      targets.unshift({ ...about, ...(lacks === undefined ? {} : { lacks }) });
    }
    if (event.type !== "changed" || event.worldless) continue;
    if (registry.get(kindOf(event.key))?.undo === undefined) return undefined;
  }
  const host = createLocalHost({ prefix, warn: () => {} });
  try {
    const hands: UndoHands = {
      byAgent: false,
      context: undoContext(host, new AbortController().signal, () => {}),
      nowMs: () => 0,
      note: () => Promise.resolve(undefined),
      hold: () => ok(new Map()),
      holders: ({ key }) => [key],
      begin: () => Promise.resolve(undefined),
      undone: () => [],
      refreshes: () => [],
    };
    const done = await takeBack(targets, WISH, hands);
    assert(done.ok, done.ok ? "" : done.failure.message);
    return done.value;
  } finally {
    await host.close();
  }
}

/** Declares the test of one kind; `run`: runs an example once in a directory. */
export function takesBackInExamples(
  kind: AnyKind,
  inExample: (
    example: string,
    test: (directory: string, run: () => Promise<readonly EngineEvent[]>) => Promise<void>,
  ) => Promise<void>,
): void {
  if (kind.undo === undefined) return;
  kind.examples.forEach((example, index) => {
    Deno.test(`${kind.kind}, example ${index + 1}: apply, then undo, and all is as it was`, async () => {
      await inExample(example, async (directory, run) => {
        const before = await wholeSnapshot(directory, kind.changesHost);
        const report = await undoRun(await run(), `${directory}/prefix`);
        if (report === undefined) return;
        const bad = report.resources.filter(({ status }) => status !== "undone");
        assertEquals(bad, []);
        const after = await wholeSnapshot(directory, kind.changesHost);
        assertEquals(after.split("\n"), before.split("\n"));
      });
    });
  });
}
