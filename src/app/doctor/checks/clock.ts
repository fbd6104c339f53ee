import { clockIsKept } from "../../../os/native/clock_state.ts";
import { farClock } from "../../../cluster/admin/clock_check.ts";
import { wholeDuration } from "../../../base/words.ts";
import { memberAddresses } from "../cluster_state.ts";
import { prefixCredentials } from "../../cluster/prefix_credentials.ts";
import type { CheckedHost } from "../checked_host.ts";
import { type DoctorCheck, type DoctorFinding, notSeen } from "../finding.ts";

/** A difference that is no rounding. */
const JUMP_MS = 5000;
const DAY_MS = 86_400_000;
/** Clock ticks of /proc in a second, on all processors that Deno knows. */
const TICKS = 100;

/** Whether the clock is right, as far as that can be known. */
export const clock: DoctorCheck = {
  area: "clock",
  looksAt:
    "whether something keeps the clock right, whether it was set meanwhile, and how far it is from members'",
  look: async (host) => {
    const kept = clockIsKept();
    const findings: DoctorFinding[] = [
      ...await wrong(host),
      ...jumped(host),
      ...await far(host),
    ];
    if (kept === undefined) {
      findings.push(notSeen("whether the clock is kept right", "the C library does not tell"));
    } else if (!kept) {
      findings.push({
        code: "clock-unsynchronised",
        message: "nothing keeps the clock of this host right",
      });
    }
    return { fine: `kept right, ${host.clock.wall().toISOString().slice(0, 19)}Z`, findings };
  },
};

/** An executable is not from the future. */
async function wrong(
  { clock: { wall }, files, executable }: CheckedHost,
): Promise<readonly DoctorFinding[]> {
  const seen = executable === undefined ? undefined : await files.look(executable);
  const madeMs = seen?.ok ? seen.value?.modifiedMs ?? 0 : 0;
  if (wall().getTime() + DAY_MS > madeMs) return [];
  const message = `the clock says ${wall().toISOString()}, before ${executable} was put there (${
    new Date(madeMs).toISOString()
  })`;
  return [{ code: "clock-wrong", message }];
}

/** The process knows when it began by a clock that does not jump, and wrote down what the other one said. */
function jumped({ clock: { wall }, machine, holder }: CheckedHost): readonly DoctorFinding[] {
  const uptime = machine.text("/proc/uptime");
  if (holder === undefined || !uptime.ok) return [];
  const ageMs = (Number(uptime.value.split(" ")[0]) - holder.started / TICKS) * 1000;
  const saidMs = wall().getTime() - holder.sinceMs;
  const difference = saidMs - ageMs;
  if (!(Math.abs(difference) > JUMP_MS)) return [];
  const way = difference > 0 ? "forward" : "back";
  const message = `since the agent began the clock was set ${way} by ${
    wholeDuration(Math.abs(difference))
  }`;
  return [{ code: "clock-jumped", message }];
}

async function far(host: CheckedHost): Promise<readonly DoctorFinding[]> {
  const { network, clock: time, prefix, prefixSight, signal } = host;
  if (prefixSight !== "there") return [];
  const urls = await memberAddresses(host);
  const shown = prefixCredentials(prefix);
  if (urls.length === 0 || !shown.ok) return [];
  const { credentials } = shown.value;
  const found = await farClock(urls, { clock: time, network, credentials }, signal);
  if (found === undefined) return [];
  const way = found.aheadMs > 0 ? "ahead of" : "behind";
  const message = `this clock is ${
    wholeDuration(Math.abs(found.aheadMs))
  } ${way} that at ${found.url}`;
  return [{ code: "clock-far", message }];
}
