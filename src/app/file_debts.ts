import { ok, type Result } from "../base/result.ts";
import type { PendingRefresh, RefreshStore } from "../engine/debts.ts";
import { type StateDirectory, stateName } from "../os/state/state_directory.ts";

/** Debts as one small file each below the prefix. */
export function fileDebts(directory: StateDirectory): RefreshStore {
  const nameOf = ({ graph, source, target }: PendingRefresh) =>
    `${stateName(JSON.stringify([graph, source, target]))}.json`;
  return {
    load: (graph) => {
      const texts = directory.readAll();
      if (!texts.ok) return texts;
      const debts = [...texts.value.values()].map(parseDebt).filter((debt) => debt !== undefined);
      return ok(debts.filter((debt) => debt.graph === graph));
    },
    add: (debt) => directory.write(nameOf(debt), JSON.stringify(debt)),
    remove: (debt): Result<void> => directory.remove(nameOf(debt)),
  };
}

/** A debt from its file; a file that is none is left alone. */
function parseDebt(text: string): PendingRefresh | undefined {
  try {
    const { graph, source, target, left } = JSON.parse(text) as Record<string, unknown>;
    if (typeof graph !== "string" || typeof source !== "string" || typeof target !== "string") {
      return undefined;
    }
    return { graph, source, target, ...(left === true ? { left } : {}) };
  } catch {
    return undefined;
  }
}
