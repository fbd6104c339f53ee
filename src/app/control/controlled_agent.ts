import { fail, ok } from "../../base/result.ts";
import type { ControlledAgent } from "../../control/agent.ts";
import type { Engine } from "../../engine/engine.ts";
import type { OrderDesk } from "../cluster/order_desk.ts";
import { buildLine } from "../../os/build.ts";
import { ownPid } from "../../os/process/table.ts";

/** The parts of an agent that are asked and told. */
export interface ControlledParts {
  readonly engine: Pick<Engine, "graph" | "recap" | "working" | "stuck">;
  readonly isStopping: () => boolean;
  /** Reads the graph file again; the result is whether it is good. */
  readonly reload: () => Promise<boolean>;
  readonly orders: Pick<OrderDesk, "give">;
  readonly stop: () => void;
}

/** The agent that runs the graph `file`, as the control API sees it. */
export function controlledAgent(file: string, parts: ControlledParts): ControlledAgent {
  const { engine } = parts;
  return {
    status: () => ({
      version: buildLine(),
      pid: ownPid(),
      file,
      ...(engine.graph.name === "" ? {} : { graph: engine.graph.name }),
      stopping: parts.isStopping(),
      resources: engine.recap(),
      working: engine.working(),
      waiting: engine.working(true),
    }),
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
    stop: parts.stop,
  };
}
