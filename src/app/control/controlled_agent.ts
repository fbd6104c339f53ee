import { printable } from "../../base/printable.ts";
import { meantKey } from "../../base/resource_word.ts";
import { fail, ok } from "../../base/result.ts";
import { shellWord } from "../../base/shell_word.ts";
import type { ControlledAgent } from "../../control/agent.ts";
import { workNow } from "../../engine/at_work.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Recorder } from "../../journal/recorder.ts";
import type { OrderDesk } from "../cluster/order_desk.ts";
import type { Host } from "../../host/host.ts";
import type { HoldBook } from "../holds/hold_book.ts";
import type { HoldDesk } from "../holds/hold_desk.ts";
import { graphNamed } from "../managed/named.ts";
import { agentJournal } from "../journal/agent_journal.ts";
import type { SpareMemory } from "../../os/native/spare_memory.ts";
import { ownPid } from "../../os/process/table.ts";
import type { Reporter } from "../../report/event.ts";
import type { RecordOptions } from "../../report/json.ts";
import type { PrivateThings } from "../../report/for_readers.ts";
import type { Snapshot } from "../../report/state.ts";
import { OwnPlanDesk, type OwnPlanParts } from "../running_plan/own_plan.ts";
import { resourceDetail } from "./resource_detail.ts";
import { UndoDesk, type UndoDeskParts } from "../undo/undo_desk.ts";

/** The parts of an agent that are asked and told. */
export interface ControlledParts {
  readonly graphPath: string;
  readonly engine: Pick<Engine, "working" | "stuck" | "vertices"> & UndoDeskParts["engine"];
  readonly settings: OwnPlanParts["settings"];
  readonly isStopping: () => boolean;
  /** Reads the graph file again; the result is whether it is good. */
  readonly reload: () => Promise<boolean>;
  readonly orders: Pick<OrderDesk, "give">;
  readonly holds: Pick<HoldDesk, "hold" | "release" | "list">;
  readonly stop: () => void;
  readonly plan: ControlledAgent["plan"];
  readonly cluster: Pick<ControlledAgent, "factsOf">;
  /** Where a resource is written, for messages. */
  readonly placeOf: RecordOptions["placeOf"];
  /** Its journal; undefined: it keeps none. */
  readonly journal: Recorder | undefined;
  readonly host: Host;
  readonly reporter: Reporter;
  readonly book: HoldBook;
  readonly reverse: UndoDeskParts["reverse"];
  /** Answers leave something in it that can be given back. */
  readonly memory: Pick<SpareMemory, "answered">;
  readonly privacy: PrivateThings;
  readonly events: ControlledAgent["events"];
  readonly metrics: ControlledAgent["metrics"];
  readonly exchange: ControlledAgent["exchange"];
}

/** The agent as the control API sees it. */
export function controlledAgent(
  state: { readonly snapshot: Snapshot },
  parts: ControlledParts & { readonly prefix: string },
): ControlledAgent & Pick<UndoDesk, "idle"> {
  const { engine, host: { clock } } = parts;
  const undoDesk = new UndoDesk(parts);
  const planDesk = new OwnPlanDesk(parts);
  return {
    pid: ownPid(),
    graphPath: parts.graphPath,
    ...parts.privacy,
    get snapshot() {
      return state.snapshot;
    },
    get graph() {
      return engine.graph;
    },
    clock,
    working: (waits) => engine.working(waits),
    atWork: () =>
      workNow(engine.vertices.values(), clock.nowMs(), { leastMs: 0, most: Infinity }).vertices,
    stuck: () => engine.stuck(),
    reload: async () => {
      if (parts.isStopping()) return fail("the agent is about to end", { code: "stopping" });
      if (await parts.reload()) return ok(undefined);
      return fail("the graph file was refused: the graph before stays in force", {
        code: "refused",
        hint: refusedHint(parts.graphPath),
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
    keyOf: (word) =>
      meantKey(
        word,
        graphNamed(parts.engine.graph),
        (said) => `there is no ${said} in the graph in force`,
      ),
    detailOf: (key) => detailOf(key, parts),
    plan: parts.plan,
    factsOf: (host, signal) => parts.cluster.factsOf(host, signal),
    metrics: parts.metrics,
    exchange: parts.exchange,
    events: parts.events,
    undo: (wish) => undoDesk.undo(wish),
    ownPlan: () => planDesk.ask(),
    idle: async () => void await Promise.all([undoDesk.idle(), planDesk.close()]),
    stop: parts.stop,
  };
}

function refusedHint(graphPath: string): string {
  const where = "the agent has said why: journalctl -u mgmt, or where it runs";
  // What came over the standard input cannot be read again.
  return graphPath === "-"
    ? where
    : `mgmt validate ${printable(shellWord(graphPath))} says why; ${where}`;
}

async function detailOf(
  key: string,
  { engine, graphPath, placeOf }: Pick<ControlledParts, "engine" | "graphPath" | "placeOf">,
): Promise<object> {
  const resource = engine.graph.vertices.get(key);
  if (resource === undefined) return {};
  const place = await placeOf(key);
  return {
    ...resourceDetail(resource, engine.vertices.get(key)?.unmet, graphPath),
    ...(place === undefined ? {} : { place }),
  };
}
