/**
 * Facts about the machine, without which a figure says nothing.
 *
 * @module
 */

import type { Programs } from "./programs.ts";

export interface Machine {
  readonly date: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryMb: number;
  readonly kernel: string;
  readonly filesystem: string;
  readonly load: readonly number[];
  readonly program: string;
  readonly runtime: string;
}

export function machine(programs: Programs, directory: string): Machine {
  const cpu = Deno.readTextFileSync("/proc/cpuinfo");
  return {
    date: new Date().toISOString(),
    cores: navigator.hardwareConcurrency,
    processor: /^model name\s*: (.*)$/m.exec(cpu)?.[1] ?? Deno.build.arch,
    memoryMb: Math.round(Deno.systemMemoryInfo().total / 2 ** 20),
    kernel: Deno.osRelease(),
    filesystem: filesystemOf(directory),
    load: Deno.loadavg(),
    program: programs.version,
    runtime: `Deno ${programs.runtime}`,
  };
}

/** The type of the file system that holds a path: the longest mount point above it. */
export function filesystemOf(path: string): string {
  const mounts = Deno.readTextFileSync("/proc/self/mounts").trim().split("\n")
    .map((line) => line.split(" "));
  const above = mounts.filter(([, point = ""]) =>
    `${path}/`.startsWith(point.endsWith("/") ? point : `${point}/`)
  );
  above.sort((a, b) => (a[1] ?? "").length - (b[1] ?? "").length);
  return above.at(-1)?.[2] ?? "unknown";
}
