import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parseSchedule } from "../../src/resources/cron/schedule.ts";
import { agent, becomes, property, saysTimes } from "../support/host_world.ts";
import { isSoon } from "../support/polling.ts";
import { contentOf, inDirectory, mgmt, shell, within } from "../support/program.ts";

const UNITS = "/etc/systemd/system";

/** A graph with jobs, each a map in one line. */
function graphOf(...jobs: readonly string[]): string {
  return `graph: jobs\nresources:\n  cron:\n${jobs.map((job) => `  - {${job}}\n`).join("")}`;
}

/** One run over a graph. */
async function once(graph: string, ...flags: string[]) {
  let ended: Awaited<ReturnType<typeof mgmt>> | undefined;
  await inDirectory(async (directory) => {
    const file = `${directory}/graph.yaml`;
    await Deno.writeTextFile(file, graph);
    ended = await mgmt(["run", file, "-t", "0", "--prefix", `${directory}/prefix`, ...flags]);
  });
  assert(ended !== undefined);
  return ended;
}

const applied = ({ stderr }: { stderr: string }) =>
  stderr.match(/Cron\[[^\]]*\]: Apply: .*/g) ?? [];

/** What is left of a job, anywhere that systemd looks. */
async function traces(name: string): Promise<string> {
  const unit = `mgmt-${name}`;
  const files = await shell(
    `find /etc/systemd /run/systemd/system /var/lib/systemd -name '*${unit}.*'`,
  );
  return files + await shell(`systemctl list-units --all --plain --no-legend '${unit}.*'`);
}

/** What systemd still remembers of a unit goes when it has time. */
async function leavesNoTrace(name: string): Promise<void> {
  let left = "";
  assert(await isSoon(async () => (left = await traces(name)) === "", 60_000), left);
}

Deno.test("a job is made, runs at its time as its user, is found right, and is taken away again", async () => {
  const log = "/run/mgmt-cron-test";
  await shell(`rm -f ${log}; touch ${log}; chmod 666 ${log}`);
  const job = `name: tick, schedule: "*:*:*", user: nobody, persistent: true, shell: /bin/sh, ` +
    `environment: {WORDS: "a  $b 5%"}, command: 'echo "$(id -un): $WORDS" >>${log}'`;
  const noop = await once(graphOf(job), "--noop");
  assertStringIncludes(noop.stderr, "mgmt-tick.timer is not enabled");
  assertStringIncludes(noop.stderr, "+OnCalendar=*:*:*");
  await leavesNoTrace("tick");
  const first = await once(graphOf(job));
  assertEquals(first.code, 0, first.stderr);
  await within(60_000, () => contentOf(log) !== "", () => "it did not run");
  assertEquals(contentOf(log)?.split("\n")[0], "nobody: a  $b 5%");
  assertEquals(await property("mgmt-tick.timer", "UnitFileState"), "enabled");
  const second = await once(graphOf(job));
  assertEquals([second.code, applied(second)], [0, []]);
  const gone = await once(graphOf("name: tick, state: absent"));
  assertEquals(gone.code, 0, gone.stderr);
  await becomes("mgmt-tick.service", "ActiveState", "inactive");
  await leavesNoTrace("tick");
  assertEquals(applied(await once(graphOf("name: tick, state: absent"))), []);
});

Deno.test("whatever is done to the units by hand is undone at once", async () => {
  const job = "name: kept, schedule: daily, command: 'true'";
  await agent(graphOf(job), async ({ program }) => {
    let done = 0;
    const heals = async () => {
      await saysTimes(program, "Cron[kept]: Done in", ++done);
      await becomes("mgmt-kept.timer", "ActiveState", "active", program);
      await becomes("mgmt-kept.timer", "UnitFileState", "enabled", program);
      const text = contentOf(`${UNITS}/mgmt-kept.timer`) ?? "";
      assertStringIncludes(text, "OnCalendar=daily\n");
      assertStringIncludes(contentOf(`${UNITS}/mgmt-kept.service`) ?? "", "ExecStart=true\n");
      assertEquals(await property("mgmt-kept.timer", "NeedDaemonReload"), "no");
    };
    await heals();
    for (
      const harm of [
        "systemctl stop mgmt-kept.timer",
        "systemctl disable mgmt-kept.timer",
        `sed -i s/daily/hourly/ ${UNITS}/mgmt-kept.timer`,
        `rm ${UNITS}/mgmt-kept.service`,
        `ln -sf /dev/null ${UNITS}/mgmt-kept.timer`,
      ]
    ) {
      await shell(harm);
      await heals();
    }
  }, ["--verbose"]);
  await once(graphOf("name: kept, state: absent"));
});

Deno.test("another schedule takes the place of the old one in a timer that runs", async () => {
  const job = (schedule: string) => graphOf(`name: moved, schedule: ${schedule}, command: 'true'`);
  await agent(job("'*-*-* 04:00:00'"), async ({ program, graph }) => {
    await becomes("mgmt-moved.timer", "ActiveState", "active", program);
    assertStringIncludes(await property("mgmt-moved.timer", "NextElapseUSecRealtime"), "04:00:00");
    await graph(job("'30 5 * * *'"));
    await within(
      60_000,
      () => program.stderr.includes("mgmt-moved.timer differs"),
      () => program.stderr,
    );
    let next = "";
    const isMoved = async () => {
      next = await property("mgmt-moved.timer", "NextElapseUSecRealtime");
      return next.includes("05:30:00");
    };
    assert(await isSoon(isMoved, 60_000), next);
    await graph("graph: empty\nresources: {}\n");
  });
  await once(graphOf("name: moved, state: absent"));
});

Deno.test("what was removed by hand in halves is removed whole", async () => {
  await once(graphOf("name: half, schedule: daily, command: 'true'"));
  await shell(`rm ${UNITS}/mgmt-half.timer; systemctl daemon-reload`);
  const gone = await once(graphOf("name: half, state: absent"));
  assertEquals(gone.code, 0, gone.stderr);
  await leavesNoTrace("half");
});

Deno.test("a schedule that systemd does not understand is told before anything is written", async () => {
  const { code, stderr } = await once(
    graphOf("name: odd, schedule: 'Mon *-*-* 25:00', command: 'true'"),
  );
  assertEquals(code, 4, stderr);
  assertStringIncludes(
    stderr,
    "systemd does not understand the schedule of mgmt-odd.timer: " +
      "Failed to parse calendar specification 'Mon *-*-* 25:00'",
  );
  await leavesNoTrace("odd");
});

Deno.test("a job whose user or program is not there fails, and is made when they are", async () => {
  await shell("userdel mgmt-jobs 2>/dev/null; rm -f /usr/local/bin/mgmt-late");
  const job = (more: string) => graphOf(`name: late, schedule: daily, ${more}`);
  const lacks = {
    "command: 'true', user: mgmt-jobs": /would fail: there is no user named "mgmt-jobs"/,
    "command: mgmt-late x": /would fail: there is no program "mgmt-late" on the PATH/,
    "command: /usr/local/bin/mgmt-late": /there is no program "\/usr\/local\/bin\/mgmt-late"/,
    "command: 'true', shell: /etc/passwd": /"\/etc\/passwd" may not be run/,
  };
  for (const [more, said] of Object.entries(lacks)) {
    for (const flags of [[], ["--noop"]]) {
      const { code, stderr } = await once(job(more), ...flags);
      assertEquals(code, 4, stderr);
      assertMatch(stderr, said);
      await leavesNoTrace("late");
    }
  }
  const made = await once(
    `${job("command: /usr/local/bin/mgmt-late")}  file:\n` +
      '  - {name: /usr/local/bin/mgmt-late, content: "#!/bin/sh\\n", mode: "0755"}\n',
    "--noop",
  );
  assertMatch(made.stderr, /Cron\[late\]: Would apply: not before file\[/);
  assertEquals(made.code, 0, made.stderr);
  await agent(job("command: mgmt-late, user: mgmt-jobs"), async ({ program }) => {
    await program.says("no user named");
    await shell("useradd mgmt-jobs");
    await program.says("there is no program");
    await shell("printf '#!/bin/sh\nexit 3\n' >/usr/local/bin/mgmt-late");
    await program.says("may not be run");
    await shell("chmod 755 /usr/local/bin/mgmt-late");
    await becomes("mgmt-late.timer", "ActiveState", "active", program);
    await shell("systemctl start mgmt-late.service || true");
    await program.says("its last run failed: it exited with code 3");
    await shell("userdel mgmt-jobs");
    await saysTimes(program, "no user named", 2);
  });
  await once(job("command: mgmt-late"));
  const known = await once(job("command: mgmt-late"));
  assertMatch(known.stderr, /Warning: its last run failed: it exited with code 3/);
  assertEquals(known.code, 0, known.stderr);
  const gone = await once(graphOf("name: late, state: absent"));
  assertEquals(gone.code, 0, gone.stderr);
  await shell("rm /usr/local/bin/mgmt-late");
});

Deno.test("arguments arrive as they were written", async () => {
  const output = "/run/mgmt-cron-arguments";
  await Deno.writeTextFile(
    "/usr/local/bin/show-arguments",
    `#!/bin/sh\nprintf '<%s>' "$@" >${output}\n`,
  );
  await Deno.chmod("/usr/local/bin/show-arguments", 0o755);
  const command = String.raw`show-arguments $HOME %n ; "a" 'b' \x41 # ü \;`;
  await once(graphOf(`name: words, schedule: daily, command: ${JSON.stringify(command)}`));
  await shell("systemctl start mgmt-words.service");
  const words = command.split(" ").slice(1);
  assertEquals(contentOf(output), words.map((word) => `<${word}>`).join(""));
  await once(graphOf("name: words, state: absent"));
});

Deno.test("a job of a unit that is there starts it, fails while it is not, and keeps no service of its own", async () => {
  const unit = `${UNITS}/mgmt-there.service`;
  const log = "/run/mgmt-cron-unit";
  await shell(`rm -f ${unit} ${log}; systemctl daemon-reload`);
  const job = graphOf("name: by-unit, schedule: '*:*:*', unit: mgmt-there");
  for (const flags of [[], ["--noop"]]) {
    const lacks = await once(job, ...flags);
    assertEquals(lacks.code, 4, lacks.stderr);
    assertStringIncludes(lacks.stderr, "the unit mgmt-there.service is not there");
    await leavesNoTrace("by-unit");
  }
  const service = ["[Service]", "Type=oneshot", `ExecStart=/bin/sh -c 'echo ran >>${log}'`];
  const content = JSON.stringify(`${service.join("\n")}\n`);
  const whole = `${job}  file:\n  - {name: ${unit}, content: ${content}}\n`;
  const made = await once(whole);
  assertEquals(made.code, 0, made.stderr);
  await within(60_000, () => contentOf(log) !== undefined, () => "it did not run");
  assertEquals(contentOf(`${UNITS}/mgmt-by-unit.service`), undefined);
  assertEquals(applied(await once(whole)), []);
  // From a unit to a command and back: its own service comes and goes.
  const command = graphOf("name: by-unit, schedule: daily, command: 'true'");
  assertEquals((await once(command)).code, 0);
  assertStringIncludes(contentOf(`${UNITS}/mgmt-by-unit.service`) ?? "", "ExecStart=true\n");
  assertEquals((await once(job)).code, 0);
  assertEquals(contentOf(`${UNITS}/mgmt-by-unit.service`), undefined);
  assertEquals(applied(await once(job)), []);
  await once(graphOf("name: by-unit, state: absent"));
  await leavesNoTrace("by-unit");
  assertEquals(await property("mgmt-there.service", "LoadState"), "loaded");
  await shell(`rm ${unit} ${log}; systemctl daemon-reload`);
});

Deno.test("many jobs at once are made with few reloads of systemd", async () => {
  const names = [...Array(20).keys()].map((index) => `many-${index}`);
  const reloads = async () =>
    (await shell("journalctl --sync; journalctl -b -q -t systemd | grep -c Reloading")).trim();
  const before = Number(await reloads());
  const jobs = names.map((name) => `name: ${name}, schedule: daily, command: 'true'`);
  const made = await once(graphOf(...jobs));
  assertEquals(made.code, 0, made.stderr);
  const count = Number(await reloads()) - before;
  assert(count >= 1 && count <= 8, `${count} reloads`);
  for (const name of names) {
    assertEquals(await property(`mgmt-${name}.timer`, "ActiveState"), "active");
  }
  await once(graphOf(...names.map((name) => `name: ${name}, state: absent`)));
  await leavesNoTrace("many-3");
});

/** The times at which cron would run something, by its own rules, found by trying each minute. */
function cronTimes(expression: string, base: Date, count: number): string[] {
  const fields = expression.split(" ");
  const found: string[] = [];
  const minute = 60_000;
  const last = base.getTime() + 3 * 366 * 24 * 60 * minute;
  for (let at = base.getTime() + minute; found.length < count && at < last; at += minute) {
    const time = new Date(at);
    const matches = (index: number, value: number) =>
      (fields[index] ?? "").split(",").some((part) => {
        const [, range = "", step = "1"] = /^([^/]*)(?:\/(.*))?$/.exec(part) ?? [];
        const [from, to] = range === "*" ? [index === 2 || index === 3 ? 1 : 0, 99] : [
          Number(range.split("-")[0]),
          Number(range.split("-")[1] ?? (part.includes("/") ? 99 : range)),
        ];
        return value >= from && value <= to && (value - from) % Number(step) === 0;
      });
    const weekday = time.getUTCDay();
    const onDay = matches(2, time.getUTCDate());
    const onWeekday = matches(4, weekday) || (weekday === 0 && matches(4, 7));
    const either = !fields[2]?.startsWith("*") && !fields[4]?.startsWith("*");
    const day = either ? onDay || onWeekday : onDay && onWeekday;
    const now = matches(0, time.getUTCMinutes()) && matches(1, time.getUTCHours()) &&
      matches(3, time.getUTCMonth() + 1);
    if (now && day) found.push(time.toISOString().slice(0, 16).replace("T", " "));
  }
  return found;
}

/** The times that systemd finds for expressions together. */
async function systemdTimes(expressions: readonly string[], base: string, count: number) {
  const words = expressions.map((each) => `'${each}'`).join(" ");
  const text = await shell(
    `TZ=UTC systemd-analyze calendar --base-time='${base}' --iterations=${count} -- ${words}`,
  );
  const times = text.match(/(?<=(Next elapse|Iter\. #\d+|Iteration #\d+): \w{3} )\S+ \d\d:\d\d/g);
  return [...new Set(times ?? [])].sort().slice(0, count);
}

for (
  const expression of [
    "* * * * *",
    "*/7 * * * *",
    "3-59/11 */5 * * *",
    "30 4 1,15 * *",
    "0 22 * * 1-5",
    "15 0 29 2 *",
    "0 0 13 * 5",
    "0 0 */9 * 0",
    "5 12 31 * *",
    "0 6 1-7 1,6 7",
    "10/25 23 * 12 0-6/3",
  ]
) {
  Deno.test(`systemd runs a job at the times that cron would: ${expression}`, async () => {
    const parsed = parseSchedule(expression);
    assert(parsed.ok);
    const base = "2026-02-27 23:58:00";
    const expected = cronTimes(expression, new Date(`${base.replace(" ", "T")}Z`), 8);
    assert(expected.length > 0);
    const times = await systemdTimes(parsed.calendars, base, expected.length);
    assertEquals(times, expected, parsed.calendars.join(" | "));
  });
}
