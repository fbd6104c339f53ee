/**
 * Other programs that are asked for the same, where Debian's package of them is installed.
 *
 * @module
 */

import { ensureDirSync } from "@std/fs";
import { join } from "node:path";
import {
  ansiblePlaybook,
  cfengineContent,
  cfengineEditLine,
  puppetManifest,
  type SmallFile,
} from "./graphs.ts";
import { timed } from "./processes.ts";

export interface Peer {
  readonly name: string;
  readonly version: string;
  /** Makes everything ready below `directory`; returns one run, in milliseconds. */
  readonly prepare: (files: readonly SmallFile[], directory: string) => () => number;
}

/** Version of Debian's package, undefined where it is not installed. */
function packageVersion(name: string): string | undefined {
  try {
    const output = new Deno.Command("dpkg-query", {
      args: ["-W", "-f", "${Version} ${Status}", name],
      stderr: "null",
    }).outputSync();
    const [version, ...status] = new TextDecoder().decode(output.stdout).split(" ");
    return output.success && status.at(-1) === "installed" ? version : undefined;
  } catch {
    return undefined; // not Debian
  }
}

/**
 * cf-agent in two forms: `edit_line` is what its standard library does and what the limits of the
 * benchmark were set by; `content` exists since 3.16, does less and is faster.
 */
export function cfengine(form: "edit_line" | "content"): Peer | undefined {
  const version = packageVersion("cfengine3");
  if (version === undefined) return undefined;
  const policy = form === "content" ? cfengineContent : cfengineEditLine;
  const prepare = (files: readonly SmallFile[], directory: string) => {
    // A work directory of our own; it refuses a policy that others may write, and wants its checker in bin.
    const work = join(directory, `cfengine-${form}`);
    const file = join(directory, `${form}.cf`);
    ensureDirSync(join(work, "bin"));
    Deno.symlinkSync(which("cf-promises"), join(work, "bin/cf-promises"));
    Deno.writeTextFileSync(file, policy(files), { mode: 0o600 });
    const env = { CFENGINE_TEST_OVERRIDE_WORKDIR: work };
    return () => timed("cf-agent", ["-KIf", file], env);
  };
  return { name: `cf-agent (${form})`, version, prepare };
}

export function puppet(): Peer | undefined {
  const version = packageVersion("puppet-agent");
  if (version === undefined) return undefined;
  const prepare = (files: readonly SmallFile[], directory: string) => {
    const manifest = join(directory, "site.pp");
    Deno.writeTextFileSync(manifest, puppetManifest(files));
    const [conf, state] = ["conf", "state"].map((name) => join(directory, `puppet-${name}`));
    return () => timed("puppet", ["apply", `--confdir=${conf}`, `--vardir=${state}`, manifest]);
  };
  return { name: "puppet", version, prepare };
}

export function ansible(): Peer | undefined {
  const version = packageVersion("ansible-core");
  if (version === undefined) return undefined;
  const prepare = (files: readonly SmallFile[], directory: string) => {
    const playbook = join(directory, "playbook.yaml");
    Deno.writeTextFileSync(playbook, ansiblePlaybook(files));
    const home = join(directory, "ansible");
    const env = { ANSIBLE_HOME: home, ANSIBLE_LOCAL_TEMP: home, ANSIBLE_REMOTE_TEMP: home };
    return () => timed("ansible-playbook", ["-c", "local", "-i", "localhost,", playbook], env);
  };
  return { name: "ansible", version, prepare };
}

/** Spoils one file and asks for the repair, so that nobody is quick by doing nothing. */
export function provesItself(name: string, run: () => number, files: readonly SmallFile[]): void {
  const file = files[Math.floor(files.length / 2)];
  if (file === undefined) return;
  run();
  Deno.writeTextFileSync(file.path, "spoilt\n");
  run();
  // edit_line writes the same lines, and is free to end the last one or not
  if (Deno.readTextFileSync(file.path).trimEnd() !== file.content.trimEnd()) {
    throw new Error(`${name} did not repair ${file.path}`);
  }
}

function which(program: string): string {
  for (const directory of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = join(directory, program);
    try {
      if (Deno.statSync(path).isFile) return path;
    } catch {
      // not in this directory
    }
  }
  throw new Error(`${program} is not on PATH`);
}
