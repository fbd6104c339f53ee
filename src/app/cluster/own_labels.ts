import type { SharedValues } from "../../cluster/exchange/shared_values.ts";
import { lstat } from "../../os/files/stat.ts";
import type { AgentParts } from "../agent_parts.ts";
import { FACT_DIRECTORIES } from "../facts/fact_directories.ts";
import { isProgram } from "../graph/is_program.ts";

/**
 * Lets the other hosts know the labels of this one, and each change of them, where it has any or runs a program:
 * nothing but programs reads them. Resolves when it is known what they are.
 */
export async function shareLabels(
  { settings, graphPath, inputs }: Pick<AgentParts, "settings" | "graphPath" | "inputs">,
  values: SharedValues,
): Promise<void> {
  const hasLabels = settings.labels !== undefined && settings.labels.size > 0 ||
    lstat(FACT_DIRECTORIES.labels) !== undefined;
  if (!hasLabels && !isProgram(graphPath)) return;
  const { host } = (await inputs.open()).sources;
  if (host === undefined) return;
  const share = () => {
    const labels = host.read(["labels"]);
    if (!labels.isKnown) values.aboutNotKnown();
    else values.about({ labels: labels.value ?? {} });
  };
  share();
  host.watch(share);
}
