import { assert, assertEquals, assertMatch } from "@std/assert";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { isStateHeld, type StateLock, takeStateLock } from "../../../src/os/state/state_lock.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { inDirectory } from "../../support/program.ts";

const clock = createLocalClock();

/** Where the runtime can only wait for a lock, the wait goes on until the lock is free or the end. */
const WAITS_ON = { sanitizeOps: false, sanitizeResources: false };

async function take(prefix: string, file = "graph.yaml"): Promise<StateLock> {
  const taken = await takeStateLock(prefix, file, clock);
  assert(taken.ok, taken.ok ? "" : taken.failure.message);
  return taken.value;
}

async function refusal(prefix: string): Promise<string> {
  const taken = await takeStateLock(prefix, "other.yaml", clock);
  if (taken.ok) taken.value.close();
  return taken.ok ? "it was given" : `${taken.failure.message}; ${taken.failure.hint}`;
}

Deno.test(
  "a prefix is made for its user alone, and belongs to one at a time",
  WAITS_ON,
  async () => {
    await inDirectory(async (directory) => {
      const prefix = `${directory}/a/b`;
      const first = await take(prefix, "one\u001b.yaml");
      assertEquals((Deno.statSync(prefix).mode ?? 0) & 0o777, 0o700);
      const said = await refusal(prefix);
      assertMatch(said, new RegExp(`in use by process ${Deno.pid}, which runs one␛.yaml since 20`));
      assertMatch(said, /--prefix/);
      first.close();
      first.close();
      const second = await take(prefix);
      second.close();
    });
  },
);

Deno.test(
  "a lock file that says nonsense neither frees nor blocks a prefix",
  WAITS_ON,
  async () => {
    await inDirectory(async (directory) => {
      const first = await take(directory);
      for (const text of ["", "[", "{}", `{"pid":"1"}`, "\0".repeat(100_000)]) {
        Deno.writeTextFileSync(`${directory}/lock`, text);
        assertMatch(await refusal(directory), /in use by another run/);
      }
      first.close();
      Deno.writeTextFileSync(`${directory}/lock`, `{"pid":1,"started":0,"file":"x","since":"y"}`);
      (await take(directory)).close();
    });
  },
);

Deno.test("a pid that belongs to another process by now is not named", WAITS_ON, async () => {
  await inDirectory(async (directory) => {
    const first = await take(directory);
    const text = Deno.readTextFileSync(`${directory}/lock`);
    Deno.writeTextFileSync(`${directory}/lock`, text.replace(/"started":\d+/, `"started":1`));
    assertMatch(await refusal(directory), /in use by another run/);
    first.close();
  });
});

/** Takes the lock of a directory with that text in it, as on a busy machine on the runtime that can only wait for one. */
async function takenLate(text: string): Promise<void> {
  await inDirectory(async (directory) => {
    Deno.writeTextFileSync(`${directory}/lock`, text);
    const late = new ManualClock();
    const given = Promise.withResolvers<void>();
    const openSync = Deno.openSync;
    Deno.openSync = (path, options) => {
      const file = openSync(path, options);
      if (options?.create !== true) return file;
      return Object.assign(Object.create(null), {
        lock: () => given.promise,
        ...{ truncateSync: () => {}, writeSync: () => 0, close: () => file.close() },
      });
    };
    try {
      const taking = takeStateLock(directory, "graph.yaml", late);
      await late.pass(2000);
      given.resolve();
      const taken = await taking;
      assert(taken.ok, taken.ok ? "" : taken.failure.message);
      taken.value.close();
    } finally {
      Deno.openSync = openSync;
    }
  });
}

Deno.test("a lock that nobody holds is waited for where the machine is too busy to give it at once", async () => {
  await takenLate(
    JSON.stringify({ pid: 2 ** 22 + 1, started: 7, file: "before.yaml", since: "then" }),
  );
  // Nobody had it before.
  await takenLate("");
});

Deno.test(
  "a lock ends with the process that held it, and is not left to its children",
  WAITS_ON,
  async () => {
    await inDirectory(async (directory) => {
      const holder = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", new URL("../../support/lock_holder.ts", import.meta.url).pathname]
          .concat(directory),
        stdout: "piped",
        stderr: "null",
      }).spawn();
      const reader = holder.stdout.getReader();
      const said = new TextDecoder().decode((await reader.read()).value);
      const child = Number(/child (\d+)/.exec(said)?.[1]);
      assert(child > 0, said);
      try {
        assertMatch(await refusal(directory), new RegExp(`process ${holder.pid},`));
        holder.kill("SIGKILL");
        await holder.status;
        const after = await take(directory);
        after.close();
      } finally {
        Deno.kill(child, "SIGKILL");
        await reader.cancel();
      }
    });
  },
);

Deno.test("a directory where everybody may write is no prefix", async () => {
  await inDirectory(async (directory) => {
    Deno.chmodSync(directory, 0o777);
    assertMatch(await refusal(directory), /everybody may write there.*--prefix/);
  });
});

Deno.test("a file in the place of the prefix is a failure with a reason", async () => {
  await inDirectory(async (directory) => {
    Deno.writeTextFileSync(`${directory}/file`, "");
    assertMatch(await refusal(`${directory}/file`), /cannot be used for state/);
    assertMatch(await refusal(`${directory}/file/below`), /cannot be used for state/);
  });
});

Deno.test(
  "to ask who holds a prefix makes and writes nothing, and keeps nobody from it",
  WAITS_ON,
  async () => {
    await inDirectory(async (directory) => {
      const prefix = `${directory}/a`;
      const isHeld = async () => {
        const held = await isStateHeld(prefix, clock);
        return held.ok ? held.value : held.failure.code;
      };
      assertEquals([await isHeld(), [...Deno.readDirSync(directory)].length], [false, 0]);
      const first = await take(prefix);
      const said = Deno.readTextFileSync(`${prefix}/lock`);
      assertEquals(await Promise.all([isHeld(), isHeld()]), [true, true]);
      first.close();
      // The last holder stays in the file, also where two ask at the same moment.
      const { mtime } = Deno.statSync(`${prefix}/lock`);
      assertEquals(await Promise.all([isHeld(), isHeld()]), [false, false]);
      assertEquals(Deno.readTextFileSync(`${prefix}/lock`), said);
      assertEquals(Deno.statSync(`${prefix}/lock`).mtime, mtime);
      (await take(prefix)).close();
      Deno.chmodSync(prefix, 0o777);
      assertEquals(await isHeld(), "prefix");
    });
  },
);
