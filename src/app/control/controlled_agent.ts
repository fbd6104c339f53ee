import { fail, ok } from "../../base/result.ts";
import type { ControlledAgent } from "../../control/agent.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Recorder } from "../../journal/recorder.ts";
import type { Clock } from "../../os/clock.ts";
import type { OrderDesk } from "../cluster/order_desk.ts";
import type { HoldDesk } from "../holds/hold_desk.ts";
import { agentJournal } from "../journal/agent_journal.ts";
import { ownPid } from "../../os/process/table.ts";
import type { Snapshot } from "../../report/state.ts";

/** The parts of an agent that are asked and told. */
export interface ControlledParts {
  readonly graphPath: string;
  readonly engine: Pick<Engine, "working" | "stuck">;
  readonly isStopping: () => boolean;
  /** Reads the graph file again; the result is whether it is good. */
  readonly reload: () => Promise<boolean>;
  readonly orders: Pick<OrderDesk, "give">;
  readonly holds: Pick<HoldDesk, "hold" | "release" | "list">;
  readonly stop: () => void;
  /** Its journal; undefined: it keeps none. */
  readonly journal: Pick<Recorder, "written"> | undefined;
}

/** The agent as the control API sees it. */
export function controlledAgent(
  state: { readonly snapshot: Snapshot },
  parts: ControlledParts & { readonly prefix: string },
  clock: Pick<Clock, "wall">,
): ControlledAgent {
  const { engine } = parts;
  return {
    pid: ownPid(),
    graphPath: parts.graphPath,
    get snapshot() {
      return state.snapshot;
    },
    working: (waits) => engine.working(waits),
    stuck: () => engine.stuck(),
    reload: async () => {
      if (parts.isStopping()) return fail("the agent is about to end", { code: "stopping" });
      if (await parts.reload()) return ok(undefined);
      return fail("the graph file was refused: the graph before stays in force", {
        code: "refused",
        hint: "the agent has said why",
      });
    },
    order: (wish, signal) => parts.orders.give(wish, signal),
    journal: async () => {
      const writer = await parts.journal?.written();
      if (writer === undefined) return fail("this agent keeps no journal", { code: "no-journal" });
      return writer.ok ? ok(agentJournal(writer.value, parts.prefix, clock)) : writer;
    },
    hold: (wish) => parts.holds.hold(wish),
    release: (wish) => parts.holds.release(wish),
    holds: () => parts.holds.list(),
    stop: parts.stop,
  };
}
