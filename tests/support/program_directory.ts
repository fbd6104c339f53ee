import { interpret } from "../../src/app/graph/interpret.ts";
import type { ProgramOptions } from "../../src/app/program/program_options.ts";
import { ProgramSource } from "../../src/app/program/program_source.ts";
import type { GraphReading } from "../../src/app/graph/interpret.ts";
import type { InputSource, JsonValue } from "../../src/base/input.ts";
import { registry } from "../../src/resources/registry.ts";

/** A program in a directory of its own, as an agent reads it. */
export interface ProgramDirectory extends AsyncDisposable {
  readonly path: string;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Reads it once more; `same`: nothing is different. */
  read(): Promise<(GraphReading & { readonly value?: unknown }) | "same">;
  /** What is wrong with it, in full. */
  mistakes(): Promise<string>;
}

/** A directory with these files, of which `site.ts` is the program, or all those of these `names` are programs. */
export async function programDirectory(
  files: Readonly<Record<string, string>>,
  { names, ...options }: Partial<ProgramOptions> & { readonly names?: readonly string[] } = {},
): Promise<ProgramDirectory> {
  const path = await Deno.makeTempDir();
  const programs = () => (names ?? []).map((name) => `${path}/${name}`);
  const several = names && { file: "site", path, programs };
  const sources = () => Promise.resolve({ host: inputOf(() => ({ name: "alpha", labels: {} })) });
  const one = { file: "site.ts", path: `${path}/site.ts`, hostName: "alpha" };
  const source = new ProgramSource({ ...one, sources, ...options, ...several });
  const write = async (more: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(more)) {
      const file = `${path}/${name}`;
      await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(file, text);
    }
  };
  await write(files);
  const read = async () => {
    const reading = await source.read();
    if (reading.same) return "same" as const;
    const read = await interpret(reading, source, { registry, color: false, withValue: true });
    if (read.loaded !== undefined) reading.keep?.();
    return read;
  };
  return {
    path,
    write,
    read,
    mistakes: async () => {
      const reading = await read();
      return reading === "same" ? "same" : reading.text.replaceAll(path, "DIR");
    },
    async [Symbol.asyncDispose]() {
      await source.close();
      await Deno.remove(path, { recursive: true });
    },
  };
}

/** An input that is this value now, and a word for whoever changed it. */
export function inputOf(value: () => JsonValue | undefined): InputSource & { changed(): void } {
  const listeners = new Set<() => void>();
  return {
    read(path) {
      let found: unknown = value();
      for (const key of path) {
        const isThere = typeof found === "object" && found !== null && Object.hasOwn(found, key);
        found = isThere ? (found as Readonly<Record<string, unknown>>)[key] : undefined;
      }
      return { isKnown: true, value: found as JsonValue | undefined };
    },
    watch(changed) {
      listeners.add(changed);
      return () => void listeners.delete(changed);
    },
    changed: () => listeners.forEach((listener) => listener()),
  };
}

/** The text of a program with this body. */
export function programText(body: string): string {
  return `import { collect, exec, file, noop, program, svc } from "mgmt";
export default program(({ host, read, data }) => {
${body}
});
`;
}
