/**
 * The executables that are measured: dist/mgmt, and small programs compiled in the same way with the
 * runtime that is inside it, so that a ratio says something about our code only.
 *
 * @module
 */

import { join } from "node:path";
import { elfLength } from "../cut_runtime.ts";

export const ROOT = new URL("../../", import.meta.url).pathname;

export interface Programs {
  readonly mgmt: string;
  /** What `mgmt version` prints. */
  readonly version: string;
  /** The Deno inside. */
  readonly runtime: string;
  /** Puts files of one directory back: see floor.ts. */
  readonly floor: string;
  /** Does nothing: see empty.ts. */
  readonly empty: string;
  /** Looks at the files of a graph: see bare_loop.ts. */
  readonly bareLoop: string;
}

/** Builds dist/mgmt where it is stale, unless another program is given, and the small ones in `directory`. */
export function prepare(directory: string, program?: string): Programs {
  const mgmt = program ?? join(ROOT, "dist/mgmt");
  if (program === undefined) {
    must(new Deno.Command(join(ROOT, "scripts/build"), { stdout: "inherit", stderr: "inherit" }));
  }
  const version = must(new Deno.Command(mgmt, { args: ["version"] })).trim();
  const runtime = /Deno (\d+\.\d+\.\d+)/.exec(version)?.[1];
  if (runtime === undefined) throw new Error(`no version of Deno in: ${version}`);
  const denort = join(directory, "denort");
  const bytes = Deno.readFileSync(mgmt);
  Deno.writeFileSync(denort, bytes.subarray(0, runtimeLength(bytes)), { mode: 0o755 });
  const compile = (name: string) => compiled(name, directory, denoOf(runtime), denort);
  const [floor, empty, bareLoop] = ["floor", "empty", "bare_loop"].map(compile);
  return { mgmt, version, runtime, floor: floor!, empty: empty!, bareLoop: bareLoop! };
}

/** The length of the runtime inside: scripts/build may have added a segment after the ELF file's last table. */
function runtimeLength(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [segments, size, count] = [
    Number(view.getBigUint64(0x20, true)),
    56,
    view.getUint16(0x38, true),
  ];
  const ends = Array.from({ length: count }, (_, i) => {
    const [offset, length] = [8, 32].map((at) => view.getBigUint64(segments + i * size + at, true));
    return Number((offset ?? 0n) + (length ?? 0n));
  });
  return Math.max(elfLength(bytes), ...ends);
}

/** The Deno of the version whose runtime is wanted: this one, or the one that scripts/build keeps. */
export function denoOf(runtime: string): string {
  if (Deno.version.deno === runtime) return Deno.execPath();
  const home = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`;
  return join(Deno.env.get("MGMT_CACHE") ?? join(home, "mgmt"), `deno-${runtime}`);
}

/** As scripts/build does it: bundled, then compiled without a code cache. */
function compiled(name: string, directory: string, deno: string, denort: string): string {
  const source = join(ROOT, `scripts/bench/${name}.ts`);
  const bundle = join(directory, `${name}.js`);
  const program = join(directory, name);
  const bundling = ["bundle", "--quiet", "--minify", "--platform", "deno", "-o", bundle, source];
  must(new Deno.Command(Deno.execPath(), { args: bundling }));
  const flags = "--quiet --no-config --no-lock -A --no-check --no-code-cache".split(" ");
  const args = ["compile", ...flags, "-o", program, bundle];
  must(new Deno.Command(deno, { args, env: { DENORT_BIN: denort } }));
  return program;
}

/** Runs a command that has to succeed; returns what it printed. */
function must(command: Deno.Command): string {
  const output = command.outputSync();
  const text = (read: () => Uint8Array) => {
    try {
      return new TextDecoder().decode(read());
    } catch {
      return ""; // inherited
    }
  };
  if (!output.success) throw new Error(`exit code ${output.code}: ${text(() => output.stderr)}`);
  return text(() => output.stdout);
}
