import { isAbsolute, resolve } from "node:path";
import type { ServiceContext } from "../../app/service/service_install.ts";
import type { GivenFlags } from "../../app/flags.ts";
import { ENVIRONMENT } from "../../app/run_flags.ts";
import { needsNetwork } from "../../app/cluster/cluster_settings.ts";
import { type RunSettings, runSettings } from "../../app/settings.ts";
import { printable } from "../../base/printable.ts";
import { fail, type Failure, ok, type Result } from "../../base/result.ts";
import { count } from "../../base/words.ts";
import { wrongAction } from "../action_words.ts";
import type { Command, CommandIO, CommandLine } from "../command.ts";
import { readGraphFile } from "../read_graph_file.ts";
import { refuse } from "../refuse.ts";
import { run } from "./run.ts";

/** Flags of a run that a service cannot have, and why. */
const ODD_FLAGS: Readonly<Record<string, string>> = {
  "noop": "it would change nothing",
  "converged-timeout": "it does not end; what ends by itself is for cron or a timer",
  "converged-exit": "it does not end; what ends by itself is for cron or a timer",
  "max-runtime": "it does not end; what ends by itself is for cron or a timer",
  "token": "its unit would keep it; give --token-file FILE, which may go once the host has joined",
  "tmp-prefix": "it would forget its state at each start",
};

/** Where the executable is expected when the program runs from its source. */
const USUAL_EXECUTABLE = "/usr/local/bin/mgmt";

const ACTIONS = ["print", "install", "uninstall"] as const;
/** What systemd does, not people. */
const RELOAD = "reload";

/** Flags of a run that say where its state is. */
const STATE_FLAGS = ["prefix", "hostname"];

/** The agent as a service of this host. */
export const service: Command = {
  name: "service",
  summary: "make the agent a service of systemd, or take it away again",
  usage: ["install [FLAGS OF RUN] FILE", "print [FLAGS OF RUN] FILE", "uninstall", "reload"],
  details:
    `install checks the graph, writes the unit mgmt.service, enables and starts it. The flags of
mgmt run become the service's, as far as they suit one. Once more with the same graph and flags it
changes nothing; where they or the executable are others, the service is restarted.
print only shows the unit. uninstall takes all of it away, and keeps the state. reload is what
systemctl reload calls: it fails where the agent refuses the graph.`,
  examples: [
    ["mgmt service install /etc/mgmt/graph.yaml", "keep this host as the graph says, from now on"],
    ["systemctl status mgmt", "how it is"],
    ["journalctl -u mgmt MGMT_KIND=file", "what it said of files"],
    ["systemctl reload mgmt", "have it read the graph again"],
  ],
  flags: [],
  otherFlags: run.flags,
  words: { least: 0, most: 2 },
  run: serve,
};

async function serve(given: CommandLine, surface: CommandIO): Promise<number> {
  const { flags, words: [action, file] } = given;
  const wrong = action === RELOAD ? undefined : wrongAction(action, ACTIONS);
  if (wrong?.ok === false) return await refuse("service", wrong.failure, surface);
  if (action === "uninstall") return await uninstall(given, surface);
  if (action === RELOAD) return await reload(given, surface);
  const wanted = wantedService(flags, file, surface);
  if (!wanted.ok) return await refuse("service", wanted.failure, surface);
  if (action === "install") return await install(wanted.value, given, surface);
  const { ownExecutable, unitText } = await import("../../app/service/on_service.ts");
  const executable = ownExecutable() ?? USUAL_EXECUTABLE;
  await surface.print(unitText({ executable, ...wanted.value }));
  return 0;
}

async function install(
  wanted: WantedService,
  given: CommandLine,
  surface: CommandIO,
): Promise<number> {
  const { hostName, installService, ownExecutable, trustAsService, unitText } = await import(
    "../../app/service/on_service.ts"
  );
  const executable = ownExecutable();
  if (executable === undefined) {
    const message = "this mgmt runs from its source, and a service needs the executable";
    return await refuse("service", { message, hint: "scripts/build makes it" }, surface);
  }
  const trust = given.flags.has("allow-unsafe-graph") ? undefined : trustAsService();
  const { loaded, errors } = await readGraphFile(wanted.graph, { ...given, surface }, {
    trust,
    host: wanted.hostname ?? hostName(),
    labels: wanted.labels,
    color: wanted.color,
  });
  if (loaded === undefined) {
    await surface.complain(`mgmt service: nothing was changed: ${count(errors, "mistake")}\n`);
    return 1;
  }
  return await onHost(surface, async (context) => {
    const text = unitText({ executable, ...wanted });
    return await installService(context, { text, executable, ...wanted });
  });
}

async function uninstall({ flags, words }: CommandLine, surface: CommandIO): Promise<number> {
  const extra = words[1] ?? [...flags.keys()].map((name) => `--${name}`)[0];
  if (extra !== undefined) {
    return await refuse("service", { message: `uninstall takes no ${extra}` }, surface);
  }
  const { uninstallService } = await import("../../app/service/on_service.ts");
  return await onHost(surface, uninstallService);
}

/** Called by systemd, which names the agent. */
async function reload(
  { flags, words: [, extra] }: CommandLine,
  surface: CommandIO,
): Promise<number> {
  const odd = extra ?? [...flags.keys()].filter((name) => !STATE_FLAGS.includes(name))
    .map((name) => `--${name}`)[0];
  if (odd !== undefined) {
    return await refuse("service", { message: `reload takes no ${odd}` }, surface);
  }
  const pid = Number(surface.environment("MAINPID") ?? "");
  if (!(pid > 1)) {
    const message = "reload is what systemd calls";
    return await refuse("service", { message, hint: "systemctl reload mgmt" }, surface);
  }
  const { reloadAgent } = await import("../../app/service/reload_agent.ts");
  const done = await reloadAgent(flags, pid);
  return done.ok ? 0 : await refuse("service reload", done.failure, surface);
}

/** Does something to this host; the result is the exit code. */
async function onHost(
  surface: CommandIO,
  action: (context: ServiceContext) => Promise<Failure | undefined>,
): Promise<number> {
  const warn = (text: string) =>
    void surface.complain(`mgmt service: warning: ${printable(text)}\n`);
  const { createLocalHost } = await import("../../app/service/on_service.ts");
  const host = createLocalHost({ prefix: undefined, warn });
  try {
    const say = (line: string) => surface.print(`${printable(line)}\n`);
    const problem = await action({ host, say, warn });
    return problem === undefined ? 0 : await refuse("service", problem, surface);
  } finally {
    await host.close();
  }
}

/** A service that a command line asks for. */
interface WantedService {
  /** The graph file, absolute. */
  readonly graph: string;
  /** The name that this host goes by, where it was said. */
  readonly hostname?: string | undefined;
  readonly labels?: RunSettings["labels"] | undefined;
  /** The arguments of the program, to be understood anywhere. */
  readonly args: readonly string[];
  /** What the flags name for it to run, absolute. */
  readonly programs: readonly string[];
  /** Whether what is wrong with the graph is said in colours. */
  readonly color: boolean;
}

function wantedService(
  given: GivenFlags,
  file: string | undefined,
  surface: CommandIO,
): Result<WantedService> {
  const named = given.get("file");
  if (file !== undefined && named !== undefined && file !== named) {
    return fail(`two graphs: --file ${named}, and ${file}`);
  }
  const odd = Object.keys(ODD_FLAGS).find((name) => given.has(name));
  if (odd !== undefined) return fail(`--${odd} is not for a service: ${ODD_FLAGS[odd]}`);
  const flags = new Map(given);
  if (file !== undefined) flags.set("file", file);
  const settings = runSettings(flags, surface);
  if (!settings.ok) return settings;
  // A service does not inherit the environment of whoever installs it.
  for (const [name, variable] of Object.entries(ENVIRONMENT)) {
    const value = surface.environment(variable) ?? "";
    if (!settings.value.cluster.network && needsNetwork(name)) continue;
    // What another program is told says nothing of this host.
    if (variable.startsWith("ETCDCTL_")) continue;
    if (value !== "" && !flags.has(name) && !Object.hasOwn(ODD_FLAGS, name)) flags.set(name, value);
  }
  if (settings.value.file === "-") return fail("a service has no standard input: name a file");
  const graph = resolve(settings.value.file);
  const args = ["run", ...runArguments(flags, settings.value, graph)];
  const { color, hooks, hostname, labels } = settings.value;
  const programs = hooks.map(({ argv: [program] }) => program).filter(isAbsolute);
  return ok({ graph, hostname, labels, args, programs, color });
}

/** The same flags with absolute paths: a service starts in another directory. */
function runArguments(flags: GivenFlags, settings: RunSettings, graph: string): string[] {
  const { outside } = settings.cluster.trust;
  const paths: Readonly<Record<string, string | undefined>> = {
    file: graph,
    prefix: settings.prefix,
    secrets: settings.secrets,
    "secret-file": settings.cluster.trust.secretFile,
    "token-file": settings.cluster.trust.tokenFile,
    "cacert": outside?.cacert,
    "cert": outside?.cert,
    "key": outside?.key,
    "user-file": outside?.userFile,
    graphviz: settings.graphviz,
  };
  return run.flags.filter(({ name }) => flags.has(name)).map(({ name, value }) =>
    value === undefined ? `--${name}` : `--${name}=${paths[name] ?? flags.get(name)}`
  );
}
