import { freeUrl } from "./etcd.ts";
import { contentOf, inDirectory, Program, within } from "./program.ts";

/** Hosts of one cluster, the first of which runs its etcd. */
export class ProgramFleet {
  readonly directory: string;
  readonly #urls = new Map<string, readonly [string, string]>();
  readonly #running = new Map<string, Program>();

  constructor(directory: string) {
    this.directory = directory;
  }

  /** The body of a host's program, from now on. */
  writes(host: string, body: string): void {
    const text = `import { exec, file, program } from "mgmt";
export default program(({ host, fleet }) => {
${body.replaceAll("DIR", this.directory)}
});
`;
    // Whole at once, as an editor puts it there.
    Deno.writeTextFileSync(`${this.directory}/${host}.new`, text);
    Deno.renameSync(`${this.directory}/${host}.new`, `${this.directory}/${host}.ts`);
  }

  args(host: string): string[] {
    const first = this.#urls.keys().next().value;
    const [client, peer] = this.#urls.get(host) ?? [freeUrl(), freeUrl()];
    this.#urls.set(host, [client, peer]);
    const isFirst = first === undefined || first === host;
    const seeds = this.#urls.get(first ?? host)![0];
    return [
      ...["--hostname", host, "--prefix", `${this.directory}/prefix-${host}`],
      ...["--client-urls", client, "--server-urls", peer],
      ...isFirst ? [] : ["--no-server", "--seeds", seeds],
    ];
  }

  start(host: string, ...more: string[]): Program {
    const file = `${this.directory}/${host}.ts`;
    const program = new Program(["run", file, ...this.args(host), ...more]);
    this.#running.set(host, program);
    return program;
  }

  async stop(host: string): Promise<void> {
    await this.#running.get(host)?.interrupt();
    this.#running.delete(host);
  }

  /** What a host has written. */
  says(name: string): string | undefined {
    return contentOf(`${this.directory}/${name}`);
  }

  async becomes(name: string, text: string, limitMs = 60_000): Promise<void> {
    const said = () => [...this.#running].map(([host, { stderr }]) => `${host}: ${stderr}`);
    await within(
      limitMs,
      () => this.says(name) === text,
      () => `${name} is ${this.says(name)}\n${said().join("\n")}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.keys()].map((host) => this.stop(host)));
  }
}

/** Runs a test with an empty one. */
export async function withProgramFleet(
  test: (fleet: ProgramFleet) => Promise<void>,
): Promise<void> {
  await inDirectory(async (directory) => {
    await using fleet = new ProgramFleet(directory);
    await test(fleet);
  });
}
