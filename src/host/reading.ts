/**
 * The door to the machine without its writing part, for a plan: whatever is not on the lists of reading
 * calls and programs is refused, also if some kind should ask for it by mistake.
 *
 * @module
 */

import { fail, failure } from "../base/result.ts";
import type { Bus, BusCall } from "../systemd/bus/bus.ts";
import type { Files } from "../os/files/files.ts";
import type { ProcessCommand, Processes } from "../os/process/processes.ts";

/** What is refused here is a mistake of this program, not of a graph. */
const CODE = "reading-only";
const HINT = "this is a mistake in mgmt, not in the graph; please report it";

type Arguments = readonly string[];

const always = () => true;
const has = (word: string) => (given: Arguments) => given.includes(word);
const begins = (word: string) => (given: Arguments) => given[0] === word;

/**
 * The programs that a plan may start, by name, and with which arguments each only reads. They are those
 * of the system; what a graph names is started on request alone.
 */
const READING_PROGRAMS: Readonly<Record<string, (given: Arguments) => boolean>> = {
  "apt-cache": always,
  "apt-get": (given) => given.includes("--simulate") || given.at(-1) === "check",
  "blkid": always,
  "dnf": (given) => given.includes("--assumeno") || given.includes("repoquery"),
  "dpkg-query": always,
  "findfs": always,
  "getent": always,
  "git": (given) => begins("rev-parse")(given) || begins("status")(given),
  "journalctl": always,
  "rpm": has("--query"),
  "systemd-analyze": begins("calendar"),
};

/** Members of the bus that only read, of all the services that are asked. */
const READING_MEMBERS: ReadonlySet<string> = new Set([
  "AddMatch",
  "Get",
  "GetAll",
  "GetNameOwner",
  "GetUnitFileState",
  "Hello",
  "ListUnitFiles",
  "LoadUnit",
  "NameHasOwner",
  "RemoveMatch",
  "Subscribe",
  // PackageKit: a transaction that only asks, and what belongs to it.
  "Cancel",
  "CreateTransaction",
  "GetDetails",
  "GetUpdates",
  "Resolve",
  "SearchNames",
  "SetHints",
]);

/** Members of PackageKit whose first argument, its flags, may say that nothing is to be done. */
const SIMULATED_MEMBERS: ReadonlySet<string> = new Set(["InstallPackages", "RemovePackages"]);
const SIMULATE = 1n << 2n;

/** Runs what is on the list; commands of the graph (those with `inherit`) only with `probes`. */
export function readingProcesses(
  processes: Processes,
  { probes }: { readonly probes: boolean },
): Processes {
  return {
    run: (command) =>
      mayRun(command, probes)
        ? processes.run(command)
        : Promise.resolve(fail(`a plan does not start ${nameOf(command)}`, refusal())),
    foresee: (command) => processes.foresee(command),
    ofUser: (uid) => processes.ofUser(uid),
  };
}

function mayRun(command: ProcessCommand, probes: boolean): boolean {
  if (command.inherit !== undefined) return probes;
  const [, ...given] = command.argv;
  const name = nameOf(command);
  return Object.hasOwn(READING_PROGRAMS, name) && READING_PROGRAMS[name]?.(given) === true;
}

function nameOf({ argv: [program], sensitive }: ProcessCommand): string {
  return sensitive ? "a command" : program.slice(program.lastIndexOf("/") + 1);
}

/** Calls what is on the list. */
export function readingBus(bus: Bus): Bus {
  return {
    listen: (listener) => bus.listen(listener),
    call: (call, signal) =>
      mayCall(call) ? bus.call(call, signal) : Promise.resolve({
        ok: false,
        failure: failure(`a plan does not call ${call.member} of ${call.service}`, refusal()),
      }),
  };
}

function mayCall({ member, body = [] }: BusCall): boolean {
  if (READING_MEMBERS.has(member)) return true;
  const [flags] = body;
  return SIMULATED_MEMBERS.has(member) && typeof flags === "bigint" && (flags & SIMULATE) !== 0n;
}

/** Looks at files, and writes none. */
export function readingFiles(files: Files): Files {
  const refuse = () => fail("a plan writes nothing", refusal());
  return {
    look: (...given) => files.look(...given),
    list: (...given) => files.list(...given),
    equals: (...given) => files.equals(...given),
    foresee: (...given) => files.foresee(...given),
    sum: (...given) => files.sum(...given),
    kept: (...given) => files.kept(...given),
    lastKept: (path) => files.lastKept(path),
    isTemporary: (name) => files.isTemporary(name),
    landed: () => files.landed(),
    open: (...given) => files.open(...given),
    stage: refuse,
    write: refuse,
    makeDirectory: refuse,
    makeLink: refuse,
    setAttributes: refuse,
    remove: refuse,
    backup: refuse,
    keep: refuse,
    pin: refuse,
    unpin: refuse,
    removeUnnameable: () => Promise.resolve(refuse()),
    recover: () => Promise.resolve(refuse()),
  };
}

function refusal() {
  return { code: CODE, hint: HINT };
}
