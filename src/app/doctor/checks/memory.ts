import type { CheckedHost } from "../checked_host.ts";
import { type DoctorCheck, type DoctorFinding, notSeen } from "../finding.ts";

const MB = 1024 * 1024;
const LOW_BYTES = 64 * MB;
const LOW_SHARE = 0.02;
const MOST_USED = 0.9;
const DESCRIPTORS_LEAST = 4096;

/** Memory, and what the agent may use of it. */
export const memory: DoctorCheck = {
  area: "memory",
  looksAt:
    "available memory, the control group's limits of the agent and what was killed in it, open files",
  look: (host) => {
    const info = host.machine.text("/proc/meminfo");
    if (!info.ok) return { fine: "", findings: [notSeen("memory", info.failure.message)] };
    const [all, available] = ["MemTotal", "MemAvailable"].map((name) =>
      1024 * Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(info.value)?.[1] ?? NaN)
    ) as [number, number];
    const findings: DoctorFinding[] = [];
    const says = `${Math.floor(available / MB)} MiB of ${Math.floor(all / MB)} are available`;
    if (available < LOW_BYTES || available < all * LOW_SHARE) {
      findings.push({ code: "memory-low", message: says });
    }
    return { fine: says, findings: [...findings, ...groupFindings(host), ...openFiles(host)] };
  },
};

/** Of the agent, else of this command: it is where an agent would be. */
function groupFindings({ machine, holder }: CheckedHost): readonly DoctorFinding[] {
  const of = holder?.pid ?? "self";
  const groups = machine.text(`/proc/${of}/cgroup`);
  const group = groups.ok ? /^0::(\/.*)$/m.exec(groups.value)?.[1] : undefined;
  if (group === undefined) return [];
  const directory = `/sys/fs/cgroup${group}`;
  const read = (name: string) => {
    const text = machine.text(`${directory}/${name}`);
    return text.ok ? text.value.trim() : "";
  };
  const findings: DoctorFinding[] = [];
  const limits = [["memory", "MiB", MB], ["pids", "processes", 1]] as const;
  for (const [name, unit, size] of limits) {
    const [most, now] = [
      Number(read(`${name}.max`) || NaN),
      Number(read(`${name}.current`) || NaN),
    ];
    if (!(now > most * MOST_USED)) continue;
    const [used, allowed] = [now, most].map((each) => Math.floor(each / size));
    const message = `${group}: ${used} of ${allowed} ${unit} are in use`;
    findings.push({ code: "memory-limit", message });
  }
  const killed = Number(/^oom_kill (\d+)/m.exec(read("memory.events"))?.[1] ?? 0);
  if (killed > 0 && holder !== undefined) {
    const message = `${group}: the kernel has killed ${killed} processes for want of memory`;
    findings.push({ code: "memory-killed", message });
  }
  return findings;
}

function openFiles({ machine, holder }: CheckedHost): readonly DoctorFinding[] {
  const limits = machine.text(`/proc/${holder?.pid ?? "self"}/limits`);
  const hard = limits.ok ? /^Max open files\s+\d+\s+(\d+)/m.exec(limits.value)?.[1] : undefined;
  if (hard === undefined || Number(hard) >= DESCRIPTORS_LEAST) return [];
  return [{ code: "descriptors-low", message: `at most ${hard} files may be open at once` }];
}
