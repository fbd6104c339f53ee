/**
 * A host as the doctor's checks see it, with files of its own in a temporary directory.
 *
 * @module
 */

import { dirname } from "node:path";
import type { CheckedHost } from "../../src/app/doctor/checked_host.ts";
import type { DoctorCheck } from "../../src/app/doctor/finding.ts";
import { failure } from "../../src/base/result.ts";
import { createPatientFiles } from "../../src/os/files/patient_files.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import { machineFiles } from "../../src/os/machine_files.ts";
import { inDirectory } from "./program.ts";

/** What a test changes of the host, and its directory. */
export interface DoctorWorld {
  readonly directory: string;
  /** Writes a file that the host's kernel shows, or one of its state: `/proc/…`, `prefix/…`. */
  file(path: string, text: string): void;
  /** The codes that a check finds. */
  codes(check: DoctorCheck, changes?: Partial<CheckedHost>): Promise<readonly string[]>;
  /** The sentences that it says. */
  says(check: DoctorCheck, changes?: Partial<CheckedHost>): Promise<string>;
  /** What it advises to do. */
  hints(check: DoctorCheck, changes?: Partial<CheckedHost>): Promise<readonly string[]>;
}

/** Runs a test with such a host: nobody's agent, no bus, no cluster, a prefix of its own. */
export function doctorWorld(test: (world: DoctorWorld) => Promise<void>): Promise<void> {
  return inDirectory(async (directory) => {
    await Deno.chmod(directory, 0o700);
    await Deno.mkdir(`${directory}/prefix`, { mode: 0o700 });
    const clock = createLocalClock();
    const { signal } = new AbortController();
    const no = failure("there is none", { code: "bus-unavailable" });
    const host: CheckedHost = {
      uid: Deno.uid() ?? 0,
      executable: undefined,
      clock,
      machine: machineFiles(directory),
      files: createPatientFiles(clock, signal),
      mounts: [],
      network: {
        connect: () => Promise.resolve({ ok: false, failure: failure("no", { code: "refused" }) }),
        get: () => Promise.resolve({ ok: false, failure: failure("no", { code: "refused" }) }),
      },
      bus: {
        call: () => Promise.resolve({ ok: false, failure: no }),
        listen: () => ({ close: () => {} }),
      },
      prefix: `${directory}/prefix`,
      placeWords: "",
      prefixSight: "there",
      holder: undefined,
      agent: { type: "none" },
      signal,
    };
    const look = async (check: DoctorCheck, changes: Partial<CheckedHost> = {}) =>
      (await check.look({ ...host, ...changes })).findings;
    await test({
      directory,
      file: (path, text) => {
        const whole = `${directory}/${path}`;
        Deno.mkdirSync(dirname(whole), { recursive: true });
        Deno.writeTextFileSync(whole, text);
      },
      codes: async (check, changes) => (await look(check, changes)).map(({ code }) => code),
      says: async (check, changes) =>
        (await look(check, changes)).map(({ message }) => message).join("\n"),
      hints: async (check, changes) =>
        (await look(check, changes)).flatMap(({ hint }) => hint ?? []),
    });
  });
}
