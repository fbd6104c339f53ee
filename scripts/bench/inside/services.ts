/**
 * Runs inside a test host: what it takes to keep services as they should be. Prints numbers as JSON.
 *
 * Usage: services.ts PROGRAM TRIES IDLE_SECONDS
 *
 * @module
 */

import { pause, Resident } from "../processes.ts";

const [program = "", tries = "20", idleSeconds = "60"] = Deno.args;
const UNITS = "/etc/systemd/system";
const IDLE_UNITS = 200;

async function systemctl(...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command("systemctl", { args, stderr: "null" }).output();
  return new TextDecoder().decode(stdout).trim();
}

function unit(name: string, more = ""): void {
  Deno.writeTextFileSync(
    `${UNITS}/${name}.service`,
    `[Service]\nExecStart=sh -c 'date +%%s%%N >/run/%N; exec sleep infinity'\n${more}\n[Install]\nWantedBy=multi-user.target\n`,
  );
}

function graph(name: string, entries: readonly string[]): string {
  const path = `/var/tmp/${name}.yaml`;
  const lines = entries.map((entry) => `  - {${entry}}`);
  Deno.writeTextFileSync(path, `graph: ${name}\nresources:\n  svc:\n${lines.join("\n")}\n`);
  return path;
}

function agent(name: string, entries: readonly string[]): Resident {
  const args = ["run", "--file", graph(name, entries), "--prefix", `/var/tmp/${name}`];
  return new Resident(program, args);
}

/** Kills a service's process; milliseconds until its program has started again. */
async function restart(name: string): Promise<number> {
  const started = `/run/${name}`;
  const pid = Number(await systemctl("show", "--value", "-pMainPID", name));
  Deno.removeSync(started);
  const killedMs = performance.timeOrigin + performance.now();
  Deno.kill(pid, "SIGKILL");
  for (;;) {
    await pause(5);
    const text = readOrEmpty(started);
    if (text.endsWith("\n")) return Number(text) / 1e6 - killedMs;
  }
}

function readOrEmpty(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

/** Disables a service by hand; milliseconds from its link's end until it is there again. */
async function enable(name: string): Promise<number> {
  const link = `${UNITS}/multi-user.target.wants/${name}.service`;
  const isThere = () => {
    try {
      return Deno.lstatSync(link).isSymlink;
    } catch {
      return false;
    }
  };
  const disabling = systemctl("disable", name);
  let gone: number | undefined;
  for (;;) {
    if (gone === undefined && !isThere()) gone = performance.now();
    if (gone !== undefined && isThere()) break;
    await pause(0);
  }
  const tookMs = performance.now() - gone;
  await disabling;
  return tookMs;
}

async function repeated(measure: (index: number) => Promise<number>): Promise<number[]> {
  const values: number[] = [];
  for (let i = 0; i < Number(tries); i++) {
    values.push(await measure(i));
    await pause(300);
  }
  return values;
}

async function restarts(): Promise<Record<string, number[]>> {
  // Its own limit on starts would be the end of a measurement.
  const often = "StartLimitIntervalSec=0";
  // One unit that ends again and again would not be started at once: each is killed twice.
  const own = Array.from({ length: Math.ceil(Number(tries) / 2) }, (_, index) => `b-mgmt${index}`);
  for (const name of own) unit(name, `[Unit]\n${often}`);
  unit("b-systemd", `Restart=always\n[Unit]\n${often}`);
  unit("b-systemd-0", `Restart=always\nRestartSec=0\n[Unit]\n${often}`);
  await systemctl("daemon-reload");
  await systemctl("start", "b-systemd", "b-systemd-0");
  await using running = agent(
    "restarts",
    own.map((name) => `name: ${name}, state: running, startup: enabled`),
  );
  await running.rests();
  return {
    mgmt: await repeated((index) => restart(own[index % own.length] ?? "")),
    systemd: await repeated(() => restart("b-systemd")),
    systemdAtOnce: await repeated(() => restart("b-systemd-0")),
    enable: await repeated(() => enable("b-mgmt0")),
  };
}

async function idle(): Promise<{ cpuMs: number; tookMs: number; rssMb: number }> {
  const names = Array.from({ length: IDLE_UNITS }, (_, i) => `b-idle${i}`);
  for (const name of names) unit(name);
  await systemctl("daemon-reload");
  await using running = agent(
    "idle",
    names.map((name) => `name: ${name}, state: running, startup: enabled`),
  );
  await running.rests();
  await pause(5000);
  const [before, start] = [running.cpuMs(), performance.now()];
  await pause(Number(idleSeconds) * 1000);
  return {
    cpuMs: running.cpuMs() - before,
    tookMs: performance.now() - start,
    rssMb: running.memory().rssMb,
  };
}

console.log(JSON.stringify({ ...await restarts(), idle: await idle() }));
