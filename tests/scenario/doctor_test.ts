/** The doctor of the compiled program: with an agent and without, with what hangs, and what it writes for bug reports. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { assertNoCanary } from "../support/canary.ts";
import { tells } from "../support/json_run.ts";
import { EXECUTABLE, inDirectory, mgmt, Program, shell } from "../support/program.ts";

const IS_ROOT = Deno.uid() === 0;
const CANARY = `ca'na"ry 5512 never\\to be seen`;
const SCRIPT = new URL("../support/silent_mount.py", import.meta.url).pathname;

interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
}

interface Report {
  readonly version: number;
  readonly worst: string | null;
  readonly agent: { readonly pid: number } | null;
  readonly areas: readonly {
    readonly area: string;
    readonly fine: string | null;
    readonly findings: readonly Finding[];
  }[];
}

async function report(
  args: readonly string[],
  options = {},
): Promise<Report & { code: number; tookMs: number }> {
  const { stdout, code, tookMs } = await mgmt(["doctor", "--output", "json", ...args], options);
  return { ...JSON.parse(stdout), code, tookMs };
}

function codesOf({ areas }: Report): readonly string[] {
  return areas.flatMap(({ findings }) => findings.map(({ code }) => code));
}

Deno.test({
  name: "doctor: who changes files cannot be known without CAP_SYS_ADMIN, as in most containers",
  ignore: !IS_ROOT,
  fn: () =>
    inDirectory(async (directory) => {
      const doctor = `${EXECUTABLE} doctor --prefix ${directory}/none --output json`;
      const authors = async (command: string) => {
        const { areas }: Report = JSON.parse(await shell(command));
        return areas.find(({ area }) => area === "authors")?.findings;
      };
      const [found, ...more] = await authors(`setpriv --bounding-set=-sys_admin ${doctor}`) ?? [];
      assertEquals([found?.code, more.length], ["authors-unknown", 0]);
      assertStringIncludes(found?.message ?? "", "EPERM");
      assertEquals(await authors(doctor), []);
    }),
});

Deno.test("doctor: with an agent and without, for its user and another; it changes nothing", () =>
  inDirectory(async (directory) => {
    const prefix = `${directory}/prefix`;
    const file = `${directory}/graph.yaml`;
    await Deno.writeTextFile(
      file,
      `graph: g\nresources:\n  file:\n  - name: ${directory}/f\n    content: x\n`,
    );
    const before = await report(["--prefix", prefix]);
    assertEquals([before.version, before.agent], [1, null]);
    assert(before.code === { error: 4, warning: 2, notice: 0 }[before.worst ?? "notice"]);
    assertEquals(await Deno.stat(prefix).then(() => true, () => false), false, "it was made");
    const agent = new Program([
      "run",
      file,
      "--no-network",
      "--prefix",
      prefix,
      "--output",
      "json",
    ]);
    try {
      await tells(agent, ({ type }) => type === "settled");
      const found = await report(["--prefix", prefix]);
      assertEquals(found.agent?.pid, agent.pid);
      const [own] = found.areas;
      assertEquals([own?.area, own?.findings], ["agent", []]);
      assertStringIncludes(own?.fine ?? "", `process ${agent.pid} answers`);
      const held = await Deno.readTextFile(`${prefix}/lock`);
      const human = await mgmt(["doctor", "--prefix", prefix]);
      assertMatch(human.stdout, /^version +ok: mgmt .*, as the agent$/m);
      assertMatch(human.stdout, /^inotify +ok: \d+ of \d+ watches in use, [1-9]\d* by the agent$/m);
      assertEquals(await Deno.readTextFile(`${prefix}/lock`), held);
      agent.signal("SIGSTOP");
      const silent = await report(["--prefix", prefix]);
      agent.signal("SIGCONT");
      assert(codesOf(silent).includes("agent-silent"));
      assertEquals([silent.code, silent.worst], [4, "error"]);
    } finally {
      await agent.interrupt();
    }
    if (!IS_ROOT) return;
    await Deno.chmod(directory, 0o755);
    await Deno.chmod(prefix, 0o700);
    // A user who may not come to where this repository is can be the one.
    await Deno.copyFile(EXECUTABLE, `${directory}/mgmt`);
    const through = [
      ...["setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups"],
      ...["sh", "-c", `shift; exec ${directory}/mgmt "$@"`, "sh"],
    ];
    const other = await report(["--prefix", prefix], { through });
    const unseen = other.areas.filter(({ findings }) =>
      findings.some(({ code }) => code === "not-seen")
    );
    assert(unseen.some(({ area }) => area === "agent"));
  }));

Deno.test({
  name:
    "doctor: a bus that says nothing and a mount behind which nobody answers are named, and hold up nothing",
  ignore: !IS_ROOT,
  fn: () =>
    inDirectory(async (directory) => {
      await Deno.mkdir(`${directory}/hung`);
      const server = new Deno.Command("python3", {
        args: [SCRIPT, `${directory}/hung`],
        stdout: "piped",
      }).spawn();
      const reader = server.stdout.getReader();
      await reader.read();
      // It takes connections, and never says a word.
      using bus = Deno.listen({ transport: "unix", path: `${directory}/bus` });
      const env = { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${directory}/bus` };
      try {
        const found = await report(["--prefix", `${directory}/hung/prefix`], { env });
        const codes = codesOf(found);
        for (const code of ["prefix-silent", "bus-silent", "mount-silent"]) {
          assert(codes.includes(code), `${code}: ${codes}`);
        }
        assertEquals(found.code, 4);
        assert(found.tookMs < 60_000, `it took ${found.tookMs} ms`);
        assert(bus.addr.transport === "unix");
      } finally {
        server.kill("SIGKILL");
        await server.status;
        await reader.cancel();
        await shell(`umount -l ${directory}/hung`);
      }
    }),
});

Deno.test({
  name: "doctor: low limits of watches are those of where it runs",
  ignore: !IS_ROOT ||
    !new Deno.Command("unshare", { args: ["-U", "-r", "true"], stderr: "null" }).outputSync()
      .success,
  fn: () =>
    inDirectory(async (directory) => {
      // Those of a user namespace: nobody else has them.
      const low = 'cd /proc/sys/user; echo 50 > max_inotify_watches; cd /; exec "$@"';
      const through = ["unshare", "-U", "-r", "sh", "-c", low, "sh"];
      const { areas } = await report(["--prefix", `${directory}/prefix`], { through });
      const [found] = areas.find(({ area }) => area === "inotify")?.findings ?? [];
      assertEquals(found?.code, "inotify-watches");
      assertMatch(found?.message ?? "", / of 50 inotify watches of user 0 are in use/);
    }),
});

Deno.test("doctor --bundle: nothing of what is secret or said of a graph is in it", () =>
  inDirectory(async (directory) => {
    await Deno.chmod(directory, 0o700);
    const prefix = `${directory}/prefix`;
    const secrets = `${directory}/secrets`;
    await Deno.mkdir(secrets, { mode: 0o700 });
    await Deno.writeTextFile(`${secrets}/app-key`, CANARY, { mode: 0o600 });
    await Deno.writeTextFile(`${secrets}/canary-name`, "x", { mode: 0o600 });
    await Deno.writeTextFile(`${directory}/value`, CANARY);
    const quoted = JSON.stringify(CANARY);
    const file = `${directory}/graph.yaml`;
    await Deno.writeTextFile(
      file,
      `graph: ${quoted}
resources:
  file:
  - {name: private, path: ${directory}/private, content: ${quoted}, mode: "0640"}
  - {name: shown, path: ${directory}/shown, content: ${quoted}}
  - {name: ${quoted}, path: ${directory}/named, content: x}
  - {name: secret, path: ${directory}/secret, content: !secret app-key}
  - {name: fails, path: ${
        JSON.stringify(`${directory}/none/${CANARY.replaceAll("\\", "")}/x`)
      }, content: x}
  exec:
  - {name: prints, cmd: "cat ${directory}/value; false", shell: /bin/sh, env: {KEY: ${quoted}}, meta: {retry: 0}}
`,
    );
    const env = { MGMT_TOKEN_X: CANARY, MGMT_TOKEN: CANARY, API_KEY: CANARY };
    const args = ["--prefix", prefix, "--secrets", secrets, "--hook-shell", "/bin/sh"];
    const hooks = ["--on-failure", `: ${CANARY.replaceAll(/['"\\]/g, "")}`];
    const run = ["run", file, "--no-network", "--output", "json", ...args, ...hooks];
    const agent = new Program(run, { env });
    try {
      await tells(agent, ({ type, key }) => type === "failed" && key === "exec[prints]");
      await tells(agent, ({ type }) => type === "settled");
      // Below the prefix, too, is what nobody may see.
      await Deno.mkdir(`${prefix}/cluster/trust`, { recursive: true });
      await Deno.writeTextFile(`${prefix}/cluster/trust/host.key`, CANARY, { mode: 0o600 });
      await Deno.writeTextFile(`${prefix}/secrets.age`, CANARY, { mode: 0o600 });
      const bundle = `${directory}/report.tar.gz`;
      const said = await mgmt(["doctor", "--prefix", prefix, "--bundle", bundle], { env });
      assertStringIncludes(said.stderr, `${bundle}: README.txt in it says`);
      assertStringIncludes(said.stdout, `hint: mgmt history --failed --prefix ${prefix}\n`);
      assertEquals((await Deno.stat(bundle)).mode! & 0o7777, 0o600);
      assertEquals(
        await shell(`tar tzf ${bundle}`),
        "README.txt\ndoctor.json\nhost.json\nlimits.json\nagent.json\ngraph.json\nhistory.json\n",
      );
      const text = await shell(`tar xzOf ${bundle}`);
      assertNoCanary(text, CANARY, "bundle");
      for (const part of ["5512", "ry 55", "app-key", "canary-name", "prints", "/none/"]) {
        assert(!text.includes(part), `${part} is in it: ${text}`);
      }
      const graph = JSON.parse(await shell(`tar xzOf ${bundle} graph.json`));
      assertEquals(graph.kinds.file.ok, 4);
      const codes = graph.failed.map(({ code }: { readonly code: string }) => code).sort();
      assertEquals(codes, ["exit", "parent-missing"]);
      const history = JSON.parse(await shell(`tar xzOf ${bundle} history.json`));
      assert(history.entries.length >= 4);
      const { arguments: flags } = JSON.parse(await shell(`tar xzOf ${bundle} agent.json`));
      assertEquals(flags.slice(0, 3), ["run", "…", "--no-network"]);
    } finally {
      await agent.interrupt();
    }
  }));

Deno.test("doctor --bundle: never over a file, through a link, half, or twice at once", () =>
  inDirectory(async (directory) => {
    const at = (name: string) => `${directory}/${name}`;
    const bundle = (file: string, ...more: string[]) =>
      mgmt(["doctor", "--prefix", at("prefix"), "--bundle", file, ...more]);
    await Deno.writeTextFile(at("there"), "mine");
    const refused = await bundle(at("there"));
    assertEquals(refused.code, 1);
    assertMatch(
      refused.stderr,
      /there is there already\n {2}hint: name another file, or replace it with --force$/m,
    );
    assertEquals(await Deno.readTextFile(at("there")), "mine");
    assert((await bundle(at("there"), "--force")).code !== 1);
    assertEquals((await Deno.stat(at("there"))).mode! & 0o7777, 0o600);
    await Deno.symlink(at("target"), at("link"));
    await Deno.mkdir(at("directory"));
    for (const name of ["link", "directory"]) {
      const { code, stderr } = await bundle(at(name), "--force");
      assertEquals(code, 1, stderr);
      assertStringIncludes(stderr, "only regular files are replaced");
    }
    assertEquals(await Deno.lstat(at("target")).then(() => true, () => false), false);
    const nowhere = await bundle(at("none/report"));
    assertEquals(nowhere.code, 1);
    assertStringIncludes(nowhere.stderr, "cannot write");
    const both = await Promise.all([bundle(at("twice")), bundle(at("twice"))]);
    assertEquals(
      both.filter(({ code }) => code === 1).length,
      1,
      both.map(({ stderr }) => stderr).join(),
    );
    assertMatch(both.map(({ stderr }) => stderr).join(), /twice is there already\n/);
    await shell(`tar tzf ${at("twice")}`);
    assertEquals((await mgmt(["doctor", "--force"])).code, 1);
    if (!IS_ROOT) return;
    await shell(
      `mkdir ${at("full")} && mount -t tmpfs -o size=4k,mode=700 tmpfs ${at("full")} && : > ${
        at("full")
      }/one`,
    );
    try {
      await shell(`head -c 4096 /dev/zero > ${at("full")}/one`);
      const full = await bundle(at("full/report"));
      assertEquals(full.code, 1);
      assertMatch(full.stderr, /no space left/i);
      assertEquals([...Deno.readDirSync(at("full"))].map(({ name }) => name), ["one"]);
    } finally {
      await shell(`umount ${at("full")}`);
    }
  }));
