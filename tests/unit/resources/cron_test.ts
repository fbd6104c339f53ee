import { assertEquals, assertStringIncludes } from "@std/assert";
import cron from "../../../src/resources/cron/kind.ts";
import { CRON_FIELDS, type CronFields } from "../../../src/resources/cron/fields.ts";
import { parseSchedule } from "../../../src/resources/cron/schedule.ts";
import { resolving } from "../../support/kind_world.ts";

/** What a schedule becomes, or what is wrong with it. */
function calendars(text: string): readonly string[] | string {
  const parsed = parseSchedule(text);
  return parsed.ok ? parsed.calendars : parsed.message;
}

Deno.test("calendar expressions of systemd stay as they are", () => {
  for (const text of ["daily", "Mon..Fri 04:00", "*-*-01 00:00:00 Europe/Berlin", "*:0/15"]) {
    assertEquals(calendars(text), [text]);
  }
  assertEquals(calendars("  Sat   10:00 "), ["Sat 10:00"]);
});

Deno.test("the five fields of cron are turned into one expression", () => {
  assertEquals(calendars("* * * * *"), ["*-*-* *:*:00"]);
  assertEquals(calendars("5 4 * * *"), ["*-*-* 04:05:00"]);
  assertEquals(calendars("*/20 9-17/4 * * *"), ["*-*-* 09,13,17:00,20,40:00"]);
  assertEquals(calendars("10/20 0 * * *"), ["*-*-* 00:10,30,50:00"]);
  assertEquals(calendars("0 0 1,15 jan-mar/2 *"), ["*-01,03-01,15 00:00:00"]);
  assertEquals(calendars("0\t0  * 12 MON-FRI"), ["Mon,Tue,Wed,Thu,Fri *-12-* 00:00:00"]);
  for (const sunday of ["0", "7", "sun", "0,7"]) {
    assertEquals(calendars(`0 0 * * ${sunday}`), ["Sun *-*-* 00:00:00"]);
  }
  assertEquals(calendars("0 0 * * sat-sun"), ["Sat,Sun *-*-* 00:00:00"]);
  assertEquals(calendars("@weekly"), ["Sun *-*-* 00:00:00"]);
  assertEquals(calendars("@Hourly"), ["*-*-* *:00:00"]);
});

Deno.test("where both days are restricted, either is enough", () => {
  assertEquals(calendars("0 0 13 * 5"), ["*-*-13 00:00:00", "Fri *-*-* 00:00:00"]);
  assertEquals(calendars("0 0 */2 * 5"), [
    "Fri *-*-01,03,05,07,09,11,13,15,17,19,21,23,25,27,29,31 00:00:00",
  ]);
});

Deno.test("what is wrong with a schedule is said", () => {
  assertEquals(calendars(" "), "says nothing");
  assertEquals(calendars("60 * * * *"), "has a wrong minute: 60");
  assertEquals(calendars("0 24 * * *"), "has a wrong hour: 24");
  assertEquals(calendars("0 0 0 * *"), "has a wrong day of the month: 0");
  assertEquals(calendars("0 0 * 0-2 *"), "has a wrong month: 0-2");
  assertEquals(calendars("0 0 * * mo"), "has a wrong day of the week: mo");
  assertEquals(calendars("5-1 * * * *"), "has a wrong minute: 5-1");
  assertEquals(calendars("*/0 * * * *"), "has a wrong minute: */0");
  assertEquals(calendars("1,,2 * * * *"), "has a wrong minute: nothing between two commas");
  assertEquals(calendars("@reboot"), "has the word @reboot, which is no time");
  assertEquals(
    calendars("0 0 * * * root"),
    "has 6 words, which is neither cron's nor systemd's",
  );
  assertEquals(calendars("daily; reboot"), "has signs that no calendar expression has");
});

async function resolved(fields: CronFields, name = "job") {
  const { params, issues } = await resolving(cron, fields, name);
  return { params, issues: issues.map(({ path, message }) => `${path.join(".")}: ${message}`) };
}

const JOB = { schedule: "daily", command: "true" };

Deno.test("mistakes in fields are told with the field's name", async () => {
  const issues = async (fields: CronFields, name?: string) => (await resolved(fields, name)).issues;
  assertEquals(await issues({}), ["name: schedule is missing", "name: command is missing"]);
  assertEquals(await issues({ state: "absent" }), []);
  assertEquals(await issues(JOB, "my job"), [
    'name: the name "my job" cannot be part of a unit\'s name',
  ]);
  assertEquals(await issues({ ...JOB, command: " " }), ["command: command says nothing to run"]);
  assertEquals(await issues({ ...JOB, command: "-rm x" }), [
    "command: command must not begin with -, which systemd takes for its own",
  ]);
  assertEquals(await issues({ ...JOB, command: "bin/x" }), [
    "command: the program bin/x is neither an absolute path nor a plain name",
  ]);
  assertEquals(await issues({ ...JOB, command: "@x", shell: "/bin/sh" }), []);
  assertEquals(await issues({ ...JOB, schedule: ["daily", "99 * * * *"] }), [
    'schedule.1: the schedule "99 * * * *" has a wrong minute: 99',
  ]);
});

Deno.test("the units say what was asked for, and only that", async () => {
  const { params } = await resolved({
    schedule: ["daily", "0 4 * * *", "@midnight", "0 0 * * *"],
    command: 'echo "100% of $HOME" \\n',
    shell: "/bin/sh",
    user: "www-data",
    persistent: true,
    random_delay: 90,
    environment: { B: "two words", A: '$x "quoted" 5%' },
  });
  const [service, timer] = params.files;
  assertEquals(service?.path, "/etc/systemd/system/mgmt-job.service");
  assertStringIncludes(
    service?.text ?? "",
    String.raw`
[Service]
Type=oneshot
User=www-data
Environment="A=$x \"quoted\" 5%%"
Environment="B=two words"
ExecStart=/bin/sh -c "echo \"100%% of $$HOME\" \\n"
`,
  );
  assertEquals(timer?.path, "/etc/systemd/system/mgmt-job.timer");
  assertStringIncludes(
    timer?.text ?? "",
    `
[Timer]
OnCalendar=daily
OnCalendar=*-*-* 04:00:00
OnCalendar=*-*-* 00:00:00
AccuracySec=1s
Persistent=true
RandomizedDelaySec=90s

[Install]
WantedBy=timers.target
`,
  );
  const plain = (await resolved(JOB)).params.files.map(({ text }) => text).join("");
  assertEquals(/Persistent|Randomized|Environment/.test(plain), false);
  assertStringIncludes(plain, "User=root\n");
});

Deno.test("a job comes after its program and its user, and its units are its own", async () => {
  const { params } = await resolved({ ...JOB, command: "/opt/tidy/run x", user: "tidy" });
  assertEquals(cron.relations?.(params), {
    provides: [
      "unit:mgmt-job.timer",
      "unit:mgmt-job.service",
      "path:/etc/systemd/system/mgmt-job.service",
      "path:/etc/systemd/system/mgmt-job.timer",
    ],
    needs: [
      "within:/etc/systemd/system/mgmt-job.timer",
      "path:/opt/tidy/run",
      "package-of:/opt/tidy/run",
      "user:tidy",
    ],
  });
  const gone = await resolved({ state: "absent" });
  assertEquals(cron.relations?.(gone.params).removes, true);
});

Deno.test("a job may start a unit that is there already, and has then no service of its own", async () => {
  const unit = async (said: string) => (await resolved({ schedule: "daily", unit: said })).params;
  const params = await unit("backup");
  assertEquals([params.unit, params.program], ["backup.service", undefined]);
  assertEquals((await unit("mnt-x.mount")).unit, "mnt-x.mount");
  assertEquals((await unit("a@b.c")).unit, "a@b.c.service");
  const [service, timer] = params.files;
  assertEquals(service?.text, "", "what it had before goes");
  assertStringIncludes(timer?.text ?? "", "\nOnCalendar=daily\n");
  assertStringIncludes(timer?.text ?? "", "\nUnit=backup.service\n");
  assertEquals(cron.relations?.(params).needs?.at(-1), "unit:backup.service");
  const issues = async (fields: CronFields) => (await resolved(fields)).issues;
  assertEquals(await issues({ unit: "backup" }), ["name: schedule is missing"]);
  assertEquals(await issues({ unit: "backup", state: "absent" }), []);
  assertEquals(await issues({ ...JOB, unit: "backup", user: "root" }), [
    "command: command is said, and unit, which is started as it is",
    "user: user is said, and unit, which is started as it is",
  ]);
  for (const wrong of ["backup.timer", "a b", "", "/etc/x.service"]) {
    assertEquals(CRON_FIELDS.unit.type.safeParse(wrong).success, false, wrong);
  }
});
