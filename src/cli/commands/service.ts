import { ENVIRONMENT, type GivenFlags, type RunSettings, runSettings } from "../../app/settings.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { graphTextPath } from "../../host/graph_text.ts";
import { ownExecutable } from "../../host/executable.ts";
import { suggestion } from "../args.ts";
import type { Command, Surface } from "../command.ts";
import { refuse } from "../refuse.ts";
import { run } from "./run.ts";

/** Flags of a run that a service cannot have, and why. */
const ODD_FLAGS: Readonly<Record<string, string>> = {
  "noop": "it would change nothing",
  "converged-timeout": "it does not end; what ends by itself is for cron or a timer",
  "max-runtime": "it does not end; what ends by itself is for cron or a timer",
  "tmp-prefix": "it would forget its state at each start",
};

/** Where the executable is expected when the program runs from its source. */
const USUAL_EXECUTABLE = "/usr/local/bin/mgmt";

/** The agent as a service of this host. */
export const service: Command = {
  name: "service",
  summary: "make the agent a service of systemd",
  usage: ["print [FLAGS OF RUN] FILE"],
  details: "The flags of mgmt run become the service's, as far as they suit one.",
  flags: [],
  otherFlags: run.flags,
  words: { least: 0, most: 2 },
  run: async ({ flags, words: [action, file] }, surface) => {
    if (action === undefined || !isAction(action)) {
      return await refuse("service", { message: wrongAction(action) }, surface);
    }
    const wanted = wantedService(flags, file, surface);
    if (!wanted.ok) return await refuse("service", wanted.failure, surface);
    const { unitText } = await import("../../app/service_unit.ts");
    const executable = ownExecutable() ?? USUAL_EXECUTABLE;
    await surface.print(unitText({ executable, ...wanted.value }));
    return 0;
  },
};

const ACTIONS = ["print"] as const;

function isAction(word: string): word is typeof ACTIONS[number] {
  return ACTIONS.some((action) => action === word);
}

function wrongAction(word: string | undefined): string {
  const choice = ACTIONS.join(", ");
  if (word === undefined) return `say what to do: ${choice}`;
  return `"${word}" is not one of ${choice}${suggestion(word, ACTIONS)}`;
}

/** A service that a command line asks for. */
interface WantedService {
  /** The graph file, absolute. */
  readonly graph: string;
  /** The arguments of the program, to be understood anywhere. */
  readonly args: readonly string[];
}

function wantedService(
  given: GivenFlags,
  file: string | undefined,
  surface: Surface,
): Result<WantedService> {
  const named = given.get("file");
  if (file !== undefined && named !== undefined && file !== named) {
    return fail(`two graphs: --file ${named}, and ${file}`);
  }
  const odd = Object.keys(ODD_FLAGS).find((name) => given.has(name));
  if (odd !== undefined) return fail(`--${odd} is not for a service: ${ODD_FLAGS[odd]}`);
  const flags = new Map(given);
  // A service does not inherit the environment of whoever installs it.
  for (const [name, variable] of Object.entries(ENVIRONMENT)) {
    const value = surface.environment(variable) ?? "";
    if (value !== "" && !flags.has(name) && !Object.hasOwn(ODD_FLAGS, name)) flags.set(name, value);
  }
  if (file !== undefined) flags.set("file", file);
  const settings = runSettings(flags, surface);
  if (!settings.ok) return settings;
  if (settings.value.file === "-") return fail("a service has no standard input: name a file");
  const graph = graphTextPath(settings.value.file);
  return ok({ graph, args: ["run", ...runArguments(flags, settings.value, graph)] });
}

/** The same flags with absolute paths: a service starts in another directory. */
function runArguments(flags: GivenFlags, settings: RunSettings, graph: string): string[] {
  const paths: Readonly<Record<string, string | undefined>> = {
    file: graph,
    prefix: settings.prefix,
    graphviz: settings.graphviz,
  };
  return run.flags.filter(({ name }) => flags.has(name)).map(({ name, value }) =>
    value === undefined ? `--${name}` : `--${name}=${paths[name] ?? flags.get(name)}`
  );
}
