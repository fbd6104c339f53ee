import { type FactsOptions, openFacts } from "../../src/app/facts/open_facts.ts";
import type { HostFacts } from "../../src/facts/host_facts.ts";
import { createLocalHost } from "../../src/host/local.ts";

/** Directories of labels and facts, and what reads them. */
interface World {
  readonly directories: { readonly labels: string; readonly own: string };
  readonly prefix: string;
  readonly host: ReturnType<typeof createLocalHost>;
  readonly warnings: string[];
  /** Writes a file of a directory, through a rename; with a mode where it is a program. */
  put(directory: "labels" | "own", name: string, text: string, mode?: number): Promise<void>;
  open(more?: Partial<FactsOptions>): Promise<HostFacts>;
  /** What a fact is, `?` and the reason where it is not known. */
  of(facts: HostFacts, path: string): unknown;
}

/** Runs a test with fresh ones. */
export async function inFactsWorld(test: (world: World) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  const warnings: string[] = [];
  const warn = (text: string) => void warnings.push(text.replaceAll(root, ""));
  const host = createLocalHost({ prefix: undefined, warn });
  const opened: HostFacts[] = [];
  const directories = { labels: `${root}/labels.d`, own: `${root}/facts.d` };
  const prefix = `${root}/prefix`;
  await Deno.mkdir(prefix, { mode: 0o700 });
  try {
    await test({
      directories,
      prefix,
      host,
      warnings,
      async put(directory, name, text, mode = 0o644) {
        const path = directories[directory];
        await Deno.mkdir(path, { recursive: true });
        await Deno.writeTextFile(`${path}/.new`, text);
        await Deno.chmod(`${path}/.new`, mode);
        await Deno.rename(`${path}/.new`, `${path}/${name}`);
      },
      async open(more = {}) {
        const kept = { prefix, earlier: prefix };
        const options = { labels: new Map(), runsPrograms: true, directories, warn, host };
        const facts = await openFacts({ ...options, ...kept, ...more });
        opened.push(facts);
        // Programs are waited for by those that ask for them.
        await facts.learn([]);
        return facts;
      },
      of(facts, path) {
        const reading = facts.read(path.split("."));
        return reading.isKnown ? reading.value : `? ${reading.why.replaceAll(root, "")}`;
      },
    });
  } finally {
    for (const each of opened) await each.close();
    await host.close();
    await Deno.remove(root, { recursive: true });
  }
}
