/**
 * A terminal with a shell in it, as a user has one: tmux, seen by what is on its screen.
 *
 * @module
 */

import { fail } from "@std/assert";
import { contentOf, EXECUTABLE, inDirectory, within } from "./program.ts";

/** How large the terminal is. */
interface TmuxSize {
  readonly columns: number;
  readonly rows: number;
}

/** A shell at a terminal; `mgmt` is the executable. */
export class Tmux {
  readonly #socket: string;

  private constructor(socket: string) {
    this.#socket = socket;
  }

  /** Runs a test with a shell in a fresh directory. */
  static async in(
    { columns, rows }: TmuxSize,
    test: (tmux: Tmux, directory: string) => Promise<void>,
  ): Promise<void> {
    await inDirectory(async (directory) => {
      const tmux = new Tmux(`${directory}/tmux`);
      const shell = `env -u CI -u NO_COLOR PS1='$ ' HISTFILE= bash --norc --noprofile`;
      await Deno.symlink(EXECUTABLE, `${directory}/mgmt`);
      const size = ["-x", String(columns), "-y", String(rows)];
      await tmux.#tell("-f", "/dev/null", "new-session", "-d", ...size, "-c", directory, shell);
      let isWell = false;
      try {
        await tmux.shows(/^\$/m);
        await test(tmux, directory);
        isWell = true;
      } finally {
        const shell = Number(await tmux.value("pane_pid"));
        const running = contentOf(`/proc/${shell}/task/${shell}/children`)?.match(/\d+/g) ?? [];
        await tmux.#tell("kill-server");
        // An agent mends what is in its directory until it has ended.
        const isOver = (pid: string) => (contentOf(`/proc/${pid}/stat`) ?? ") Z ").includes(") Z ");
        const all = () => running.every(isOver);
        // What was wrong before is to be told, and not that its run waits for something now.
        if (isWell) await within(30_000, all, "what ran on the terminal does not end");
      }
    });
  }

  /** Types keys, by tmux's names of them: `C-c`, `Enter`, or any text. */
  async types(...keys: readonly string[]): Promise<void> {
    await this.#tell("send-keys", ...keys);
  }

  /** Types a command line. */
  async runs(line: string): Promise<void> {
    await this.#tell("send-keys", "-l", line);
    await this.types("Enter");
  }

  /** The same on an empty screen, so that what is seen next is not of the line before. */
  async runsAnew(line: string): Promise<void> {
    await this.runs("clear");
    await this.shows((screen) => screen === "$");
    await this.runs(`clear; ${line}`);
  }

  async resize({ columns, rows }: TmuxSize): Promise<void> {
    await this.#tell("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** What is on the screen, or with all that has scrolled away; lines that were broken are whole in that. */
  async text(how: "screen" | "all" = "screen"): Promise<string> {
    const said = await this.#tell("capture-pane", "-p", ...how === "all" ? ["-J", "-S", "-"] : []);
    return said.trimEnd();
  }

  /** Waits until the screen shows that, and gives it. */
  async shows(what: RegExp | ((screen: string) => boolean), limitMs = 60_000): Promise<string> {
    const endMs = performance.now() + limitMs;
    for (;;) {
      const screen = await this.text();
      if (typeof what === "function" ? what(screen) : what.test(screen)) return screen;
      if (performance.now() > endMs) fail(`the screen does not show ${what}:\n${screen}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Writes all that comes to the terminal from now on to a file, too. */
  async keep(file: string): Promise<void> {
    await this.#tell("pipe-pane", `exec cat >>'${file}'`);
  }

  /** A value that tmux knows of the terminal: `pane_tty`, `cursor_x`, `cursor_flag`, `alternate_on`. */
  async value(name: string): Promise<string> {
    return (await this.#tell("display-message", "-p", `#{${name}}`)).trim();
  }

  async #tell(...args: readonly string[]): Promise<string> {
    const { stdout, stderr, success } = await new Deno.Command("tmux", {
      args: ["-u", "-S", this.#socket, ...args],
      env: { LC_ALL: "C.UTF-8", TMUX: "" },
      stdin: "null",
    }).output();
    if (!success) fail(`tmux ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  }
}
