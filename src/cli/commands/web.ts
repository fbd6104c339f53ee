import type { Flag } from "../../app/flags.ts";
import { LISTEN_FLAG, USUAL_LISTEN } from "../../app/web/listen_flag.ts";
import { SIGNALS, STATE_FLAGS } from "../cluster_flags.ts";
import type { Command } from "../command.ts";
import { refuse } from "../refuse.ts";

const ALLOW_CHANGES_FLAG = {
  name: "allow-changes",
  summary: "let browsers hold resources and release them, as whoever runs this",
} as const satisfies Flag;

/** Shows a running agent to a browser. */
export const web: Command = {
  name: "web",
  summary: "show the running agent in a browser of this machine",
  usage: ["[FLAGS]"],
  details:
    `A process of its own that asks the agent, and changes nothing unless that is allowed. It prints a link that is good once,
for ten minutes; Enter prints another. It listens only at loopback addresses: from elsewhere, ssh leads
there. The agent may end and come back meanwhile.`,
  examples: [
    ["mgmt web", "print a link to the page"],
    ["ssh -L 127.0.0.1:9234:127.0.0.1:9234 HOST", "see the page of HOST, where mgmt web runs"],
  ],
  flags: [LISTEN_FLAG, ALLOW_CHANGES_FLAG, ...STATE_FLAGS],
  words: { least: 0, most: 0 },
  run: async ({ flags, values }, surface) => {
    const app = await import("../../app/web/serve_web.ts");
    const served = await app.serveWeb({ flags, environment: surface.environment }, {
      allowChanges: values.has(ALLOW_CHANGES_FLAG),
      address: values.of(LISTEN_FLAG) ?? USUAL_LISTEN,
      print: surface.print,
      say: surface.complain,
    });
    if (!served.ok) return await refuse("web", served.failure, surface);
    return SIGNALS[served.value] ?? 1;
  },
};
