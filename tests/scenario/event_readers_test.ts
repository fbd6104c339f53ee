/** Those who read along hold up nobody: a hundred of them, and one that does not read, beside repairs. */

import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { READ } from "../support/control.ts";
import { eventually } from "../support/processes.ts";
import { contentOf, inDirectory, mgmt, Program } from "../support/program.ts";

const READERS = 100;
const REPAIRS = 140;

/** What each repair says is as long as this. */
const CONTENT = Array.from({ length: 60 }, (_, line) => `${line} ${"x".repeat(100)}\n`).join("");

/** One that reads along, or does not. */
class Reader {
  readonly #connection: Deno.UnixConn;
  #text = "";

  private constructor(connection: Deno.UnixConn) {
    this.#connection = connection;
  }

  static async open(prefix: string): Promise<Reader> {
    const path = join(prefix, READ);
    const connection = await Deno.connect({ transport: "unix", path });
    await connection.write(new TextEncoder().encode("GET /v1/events HTTP/1.1\r\nhost: x\r\n\r\n"));
    return new Reader(connection);
  }

  /** Reads to the end. */
  async readAll(): Promise<void> {
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(64 * 1024);
    for (;;) {
      const count = await this.#connection.read(buffer).catch(() => null);
      if (count === null) return;
      this.#text += decoder.decode(buffer.subarray(0, count), { stream: true });
    }
  }

  /** So many lines of a type, or of all, without the head. */
  count(type = ""): number {
    return this.#text.match(new RegExp(`^\\{.*"type":"${type}`, "gm"))?.length ?? 0;
  }

  /** How many were left out, as it was told. */
  get dropped(): number {
    return Number(/"type":"dropped","count":(\d+)/.exec(this.#text)?.[1] ?? 0);
  }

  close(): void {
    try {
      this.#connection.close();
    } catch {
      // It has been closed.
    }
  }
}

Deno.test("events: beside a hundred readers and one that does not read all is healed, and only that one misses some", () =>
  inDirectory(async (directory) => {
    // Of what stands behind a closed door readers hear no contents, and the lines are short.
    Deno.chmodSync(directory, 0o755);
    const out = join(directory, "out");
    const prefix = join(directory, "p");
    const file = { name: out, content: CONTENT };
    const graph = JSON.stringify({ graph: "g", resources: { file: [file] } });
    Deno.writeTextFileSync(join(directory, "g.yaml"), graph);
    const rates = ["--repair-burst", "100000", "--repair-rate", "1000000"];
    const args = ["run", "g.yaml", "--quiet", "--prefix", prefix, "--max-runtime", "300", ...rates];
    const agent = new Program(args, { cwd: directory });
    const readers: Reader[] = [];
    const repair = async () => {
      Deno.writeTextFileSync(out, "");
      assert(await eventually(() => contentOf(out) === CONTENT), "it is not healed");
    };
    try {
      assertEquals((await mgmt(["wait", "--converged", "--prefix", prefix])).code, 0);
      while (readers.length <= READERS) readers.push(await Reader.open(prefix));
      const [stalled, ...others] = readers as [Reader, ...Reader[]];
      const reading = others.map((each) => each.readAll());
      // All are there before the first repair.
      assert(await eventually(() => others.every((each) => each.count("snapshot") === 1)));
      for (let count = 0; count < REPAIRS; count++) await repair();
      const heardAll = () => others.every((each) => each.count("changed") === REPAIRS);
      assert(await eventually(heardAll), `${others.map((each) => each.count("changed"))}`);
      assertEquals(others.map(({ dropped }) => dropped).filter((count) => count > 0), []);
      const late = stalled.readAll();
      assert(await eventually(() => stalled.dropped > 0), "nobody says what is missing");
      const all = others[0]!.count();
      assertEquals(stalled.count() - 1 + stalled.dropped, all);
      // It goes on.
      const before = stalled.count("changed");
      await repair();
      assert(await eventually(() => stalled.count("changed") === before + 1));
      assertEquals((await mgmt(["stop", "--prefix", prefix])).code, 0);
      await Promise.all([late, ...reading]);
      assertEquals(others.filter((each) => each.count('stop"') !== 1).length, 0);
    } finally {
      for (const each of readers) each.close();
      await agent.interrupt();
    }
  }));
