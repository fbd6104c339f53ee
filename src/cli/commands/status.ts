import type { Flag } from "../../app/flags.ts";
import { OUTPUT_FLAG } from "../../app/run_flags.ts";
import { answer, CLUSTER_PLACE_FLAGS, clusterAsked } from "../cluster_flags.ts";
import type { Command, CommandIO, CommandLine } from "../command.ts";
import { refuse } from "../refuse.ts";

const CHECK_FLAG: Flag = {
  name: "check",
  summary: "one line and an exit code, as a plugin of Nagios (Icinga, Naemon, Checkmk)",
};

const FLEET_FLAG: Flag = {
  name: "fleet",
  summary: "all hosts of the cluster, a line each, with counts on top",
};

/** The exit code of a plugin that cannot say how it is. */
const UNKNOWN = 3;

/** Flags that say where a cluster is asked. */
const FLEET_PLACES = ["seeds", "operator"];

/** Says how the running agent is. */
export const status: Command = {
  name: "status",
  summary: "say how the running agent is: what is right, what has failed and why, what it does",
  usage: ["[FLAGS]"],
  details:
    `The first line says how it stands, since when, and how many resources are so: converged (all is as
it should be), working, or the worst of what is not so: held, noop, blocked, refused (the graph file has
mistakes), failing (failed or contested), hangs. Then what is not as it should be, why, and when it is
tried again; what is held; the cluster. Times are in UTC. Whoever is in the group mgmt may ask, too.
It exits with 0 where an agent answers, whatever it says, else with 1.
With --check it exits with 0 (OK), 1 (WARNING: blocked, held, noop, refused, stopping, no contact with
the cluster), 2 (CRITICAL: failing, hangs, put out of the cluster, no agent runs or answers) or 3
(UNKNOWN: it may not ask, could mean several agents, was called wrongly, or is answered nonsense).
With --output json: {"version": 1, "type": "status", "agent": as GET /v1/status}; where none answers "agent" is
null, and "error" has "code", "message" and "hint".
With --fleet it asks the cluster instead, as mgmt members does: each host is converged, working, held,
failing (with how many resources, and since when by its own clock), silent, or unknown (a program that
does not say it yet). With --output json then: {"version": 1, "type": "fleet", "clusterId", "hosts":
[{"host", "is", "live", "role", "converged", "failed", "held", "since", "version"}]}.`,
  examples: [
    ["mgmt status", "is all well"],
    ["mgmt status --check", "the same for a monitoring system"],
    ["mgmt status --fleet", "which hosts of the cluster are not well"],
  ],
  flags: [CHECK_FLAG, FLEET_FLAG, OUTPUT_FLAG, ...CLUSTER_PLACE_FLAGS],
  words: { least: 0, most: 0 },
  wrongUse,
  run: async (given, surface) => {
    const { flags, values } = given;
    if (values.has(FLEET_FLAG)) return await fleet(given, surface);
    const onlyFleet = [...FLEET_PLACES].find((name) => flags.has(name));
    if (onlyFleet !== undefined) {
      const message = `--${onlyFleet} says which cluster is asked: with --fleet`;
      return await wrong(given, message, surface);
    }
    const app = await import("../../app/status/on_status.ts");
    if (values.has(CHECK_FLAG)) {
      if (values.has(OUTPUT_FLAG)) {
        const message = "--check has a form of its own: leave out --output";
        return await wrong(given, message, surface);
      }
      const { line, exitCode } = await app.check({ flags });
      await surface.print(line);
      return exitCode;
    }
    const asJson = values.of(OUTPUT_FLAG) === "json";
    const found = await app.status({ flags }, { asJson });
    if (asJson && !found.ok) await surface.print(app.statusFailure(found.failure));
    return await answer("status", found, surface);
  },
};

/** To a monitoring system anything but 3 would say how the agent is. */
function wrongUse(args: readonly string[]): number {
  const isCheck = args.some((argument) => /^--check(=|$)/.test(argument));
  return isCheck ? UNKNOWN : 1;
}

async function wrong(
  { values }: CommandLine,
  message: string,
  surface: CommandIO,
): Promise<number> {
  const exitCode = await refuse("status", { message }, surface);
  return values.has(CHECK_FLAG) ? UNKNOWN : exitCode;
}

async function fleet(given: CommandLine, surface: CommandIO): Promise<number> {
  if (given.values.has(CHECK_FLAG)) {
    const message = "--check is about one agent: leave out --fleet";
    return await wrong(given, message, surface);
  }
  const app = await import("../../app/cluster/on_cluster.ts");
  return await answer("status", await app.fleet(clusterAsked(given, surface)), surface);
}
