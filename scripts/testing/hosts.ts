/**
 * Disposable hosts for tests that change a whole host.
 *
 * @module
 */

const PROGRAM = "tests/testhost/testhost";

/** A host on which tests can run. */
export interface TestHost {
  readonly name: string;
  /** In front of a command: runs it there, in this directory. */
  readonly through: readonly string[];
  /** Its root directory, as seen from here. */
  readonly root: string;
}

/**
 * Gives hosts out and takes them back. A boot takes longer than many a file, so a host on which a file has left
 * nothing behind is kept for the next such file.
 */
export class TestHosts {
  readonly #show: string;
  readonly #stop: AbortSignal;
  readonly #free: TestHost[] = [];
  #booted = 0;

  /** `show`: directories that they see, besides those of this machine's root file system. */
  constructor(show: readonly string[], stop: AbortSignal) {
    this.#show = show.join(":");
    this.#stop = stop;
  }

  /**
   * Gives what `run` does with a host, or why there is none.
   *
   * `leavesNothing`: the host may have been used by such a file before, and is kept where `isFit` says so of the
   * result.
   */
  async lend<T>(
    leavesNothing: boolean,
    run: (host: TestHost) => Promise<T>,
    isFit: (result: T) => boolean,
  ): Promise<T | string> {
    const host = (leavesNothing ? this.#free.pop() : undefined) ?? await this.#boot();
    if (typeof host === "string") return host;
    // What runs inside ends with its host.
    const end = () => void this.#testhost("down", host.name);
    this.#stop.addEventListener("abort", end);
    let isKept = false;
    try {
      if (this.#stop.aborted) return "stopped";
      const result = await run(host);
      isKept = leavesNothing && isFit(result) && !this.#stop.aborted;
      return result;
    } finally {
      this.#stop.removeEventListener("abort", end);
      if (isKept) this.#free.push(host);
      else await this.#testhost("down", host.name);
    }
  }

  /** Ends those that were kept. */
  async close(): Promise<void> {
    await Promise.all(this.#free.splice(0).map(({ name }) => this.#testhost("down", name)));
  }

  async #boot(): Promise<TestHost | string> {
    const name = `t${Deno.pid % 100_000}x${this.#booted++}`;
    const refused = await this.#testhost("up", name);
    if (refused !== undefined) {
      await this.#testhost("down", name);
      return refused;
    }
    const through = [PROGRAM, "run", name, "env", "-C", Deno.cwd(), "MGMT_ON_TEST_HOST=1"];
    return { name, through, root: `/run/testhost/${name}/root` };
  }

  /** Gives what went wrong. */
  async #testhost(...args: readonly string[]): Promise<string | undefined> {
    const { success, stderr } = await new Deno.Command(PROGRAM, {
      args: [...args],
      env: { TESTHOST_SHOW: this.#show },
      stdin: "null",
    }).output();
    if (success) return undefined;
    return `testhost ${args.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`;
  }
}
