import { type Flag, takesText } from "../../app/flags.ts";
import { OUTPUT_FLAG } from "../../app/run_flags.ts";
import { STATE_FLAGS } from "../cluster_flags.ts";
import { printable } from "../../base/printable.ts";
import type { Command } from "../command.ts";
import { refuse } from "../refuse.ts";

const BUNDLE_FLAG = {
  name: "bundle",
  ...takesText("FILE"),
  summary:
    "also write what a bug report needs into FILE (tar.gz), without names of resources or secrets",
} as const satisfies Flag;

const FORCE_FLAG: Flag = {
  name: "force",
  summary: "--bundle: replace a regular file that is there",
};

/** What the worst finding makes of the exit code. */
const EXIT = { error: 4, warning: 2, notice: 0 } as const;

/** Looks for what is wrong with this host. */
export const doctor: Command = {
  name: "doctor",
  summary: "look for what is wrong with this host, its agent, or what they need",
  usage: ["[FLAGS]"],
  details:
    `Looks at limits, the message bus, PackageKit, etcd, clock, disk, permissions, quotas, systemd,
certificates, addresses and what killed runs left, and at the agent, where one runs; it needs none, changes
nothing, starts nothing, and says what it could not see (as another user than the agent's, for instance).
A line for each area where all is well; else each finding has a code that mgmt explain CODE knows.
With --bundle the same and what a bug report needs is written into one file for its owner alone; what is in
it is said in it, and what is not listed there is left out.
Exit code: 0 nothing is wrong (notices at most), 2 warnings, 4 errors, 1 wrong use, or the bundle could
not be written.
With --output json: {"version": 1, "type": "doctor", "mgmt", "prefix", "agent": {"pid", "mgmt"} or null,
"worst": error, warning, notice or null, "areas": [{"area", "fine": what is so, null where there are
findings, "findings": [{"code", "severity", "message", "hint"}]}]}.`,
  examples: [
    ["mgmt doctor", "what is wrong here"],
    ["mgmt doctor --bundle report.tar.gz", "for a bug report"],
    ["mgmt explain inotify-watches", "what one of its codes means, and what to do"],
  ],
  flags: [BUNDLE_FLAG, FORCE_FLAG, ...STATE_FLAGS, OUTPUT_FLAG],
  words: { least: 0, most: 0 },
  run: async ({ flags, values }, surface) => {
    const bundle = values.of(BUNDLE_FLAG);
    if (bundle === undefined && values.has(FORCE_FLAG)) {
      return await refuse("doctor", { message: "--force is for --bundle" }, surface);
    }
    if (bundle === "") return await refuse("doctor", { message: "--bundle: name a file" }, surface);
    if (bundle === "-") {
      const message = "--bundle: a bundle is written into a file, not to the standard output";
      const hint = "mgmt doctor --bundle report.tar.gz (a file of that name would be ./-)";
      return await refuse("doctor", { message, hint }, surface);
    }
    const app = await import("../../app/doctor/on_doctor.ts");
    const asJson = values.of(OUTPUT_FLAG) === "json";
    const force = values.has(FORCE_FLAG);
    const found = await app.doctor({ flags, asJson, bundle, force });
    if (!found.ok) return await refuse("doctor", found.failure, surface);
    const { text, worst, bundle: written } = found.value;
    await surface.print(text);
    if (written?.ok === false) return await refuse("doctor", written.failure, surface);
    if (written !== undefined) {
      await surface.complain(
        `mgmt doctor: ${printable(written.value)}: README.txt in it says what is in it\n`,
      );
    }
    return worst === undefined ? 0 : EXIT[worst];
  },
};
