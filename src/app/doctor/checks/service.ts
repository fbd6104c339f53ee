import type { Bus } from "../../../systemd/bus/bus.ts";
import {
  allProperties,
  callManager,
  MANAGER,
  MANAGER_PATH,
  SERVICE,
  UNIT,
} from "../../../systemd/manager.ts";
import { UNIT_NAME } from "../../service/service_unit.ts";
import type { CheckedHost } from "../checked_host.ts";
import { type AreaSight, type DoctorCheck, type DoctorFinding, notSeen } from "../finding.ts";

type Unit = Readonly<Record<string, unknown>>;

/** Restarts that are worth a word: one may have been somebody's test. */
const RESTARTS = 2;

/** systemd, and the unit of the agent. */
export const service: DoctorCheck = {
  area: "systemd",
  looksAt:
    "whether systemd runs this host, what has failed, and the unit mgmt.service with its watchdog",
  look: async (host) => {
    const first = host.machine.text("/proc/1/comm");
    if (!first.ok) {
      return { fine: "", findings: [notSeen("the first process", first.failure.message)] };
    }
    if (first.value.trim() !== "systemd") {
      const message = `the first process is ${first.value.trim()}, not systemd`;
      return { fine: "", findings: [{ code: "systemd-absent", message }] };
    }
    const manager = await allProperties(host.bus, MANAGER_PATH, MANAGER, host.signal);
    if (!manager.ok && manager.failure.code === "bus-unavailable") {
      return { fine: "", findings: [notSeen("systemd", "the message bus cannot be reached")] };
    }
    if (!manager.ok) return { fine: "", findings: [notSeen("systemd", manager.failure.message)] };
    const { SystemState: state, NFailedUnits: failed, Version: version } = manager.value;
    const findings: DoctorFinding[] = [];
    if (state === "degraded") {
      const message = `${failed} units of this host have failed (systemctl --failed)`;
      findings.push({ code: "systemd-degraded", message });
    }
    const unit = await unitSight(host);
    return {
      fine: `systemd ${version}; ${unit.fine}`,
      findings: [...findings, ...unit.findings],
    };
  },
};

async function unitSight({ bus, signal }: CheckedHost): Promise<AreaSight> {
  const loaded = await callManager(bus, "LoadUnit", { signature: "s", body: [UNIT_NAME] }, signal);
  if (!loaded.ok) return { fine: "", findings: [notSeen(UNIT_NAME, loaded.failure.message)] };
  const path = String(loaded.value[0]);
  const unit = await allProperties(bus, path, UNIT, signal);
  if (!unit.ok) return { fine: "", findings: [notSeen(UNIT_NAME, unit.failure.message)] };
  if (unit.value["LoadState"] === "not-found") {
    return { fine: `no ${UNIT_NAME} is installed`, findings: [] };
  }
  const findings = [...unitFindings(unit.value), ...await serviceFindings(bus, path, signal)];
  return { fine: `${UNIT_NAME} is ${unit.value["ActiveState"]}`, findings };
}

function unitFindings(unit: Unit): readonly DoctorFinding[] {
  const { ActiveState: active, UnitFileState: file, LoadState: load, NeedDaemonReload: old } = unit;
  const findings: DoctorFinding[] = [];
  if (active === "failed") {
    findings.push({ code: "unit-failed", message: `${UNIT_NAME} has failed` });
  } else if (active === "inactive") {
    findings.push({ code: "unit-stopped", message: `${UNIT_NAME} is installed and does not run` });
  }
  if (file === "disabled" || load === "masked") {
    const word = load === "masked" ? "masked" : "disabled";
    findings.push({ code: "unit-disabled", message: `${UNIT_NAME} is ${word}: no boot starts it` });
  }
  if (old === true) {
    const message = `the files of ${UNIT_NAME} were changed, and systemd has not read them again`;
    findings.push({ code: "unit-outdated", message });
  }
  return findings;
}

async function serviceFindings(
  bus: Bus,
  path: string,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const found = await allProperties(bus, path, SERVICE, signal);
  if (!found.ok) return [notSeen(`how ${UNIT_NAME} is doing`, found.failure.message)];
  const { NRestarts: restarts, WatchdogUSec: watchdog } = found.value;
  const findings: DoctorFinding[] = [];
  if (Number(restarts) >= RESTARTS) {
    const message = `${UNIT_NAME} was started again ${restarts} times by systemd`;
    findings.push({ code: "unit-restarted", message });
  }
  const us = BigInt(String(watchdog ?? 0));
  // Without end is the largest number.
  if (us === 0n || us === 2n ** 64n - 1n) {
    findings.push({ code: "unit-unwatched", message: `${UNIT_NAME} has no watchdog` });
  }
  return findings;
}
