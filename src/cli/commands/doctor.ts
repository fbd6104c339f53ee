import { OUTPUT_FLAG } from "../../app/run_flags.ts";
import { STATE_FLAGS } from "../cluster_flags.ts";
import type { Command } from "../command.ts";
import { refuse } from "../refuse.ts";

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
Exit code: 0 nothing is wrong (notices at most), 2 warnings, 4 errors, 1 wrong use.
With --output json: {"version": 1, "type": "doctor", "mgmt", "prefix", "agent": {"pid", "mgmt"} or null,
"worst": error, warning, notice or null, "areas": [{"area", "fine": what is so, null where there are
findings, "findings": [{"code", "severity", "message", "hint"}]}]}.`,
  examples: [
    ["mgmt doctor", "what is wrong here"],
    ["mgmt explain inotify-watches", "what one of its codes means, and what to do"],
  ],
  flags: [...STATE_FLAGS, OUTPUT_FLAG],
  words: { least: 0, most: 0 },
  run: async ({ flags, values }, surface) => {
    const app = await import("../../app/doctor/on_doctor.ts");
    const found = await app.doctor({ flags, asJson: values.of(OUTPUT_FLAG) === "json" });
    if (!found.ok) return await refuse("doctor", found.failure, surface);
    const { text, worst } = found.value;
    await surface.print(text);
    return worst === undefined ? 0 : EXIT[worst];
  },
};
