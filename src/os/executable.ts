/** The program's own executable, absolute; undefined where it runs from its source. */
export function ownExecutable(): string | undefined {
  return Deno.build.standalone ? Deno.execPath() : undefined;
}

/** Whether a process runs the executable that stands at `path` now, not one that stood there before. */
export function runsExecutable(pid: number, path: string): boolean {
  try {
    const running = Deno.statSync(`/proc/${pid}/exe`);
    const there = Deno.statSync(path);
    return running.dev === there.dev && running.ino === there.ino;
  } catch {
    return false;
  }
}
