import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";

const ROOT = new URL("../../", import.meta.url).pathname;

/** What the scripts take for granted; npm, pip and another Deno are not among it. */
const GRANTED =
  "bash cat chmod cut dirname grep head sed timeout id mkdir mktemp mv rm sha256sum tail touch uname";

/** A directory that serves as the whole PATH. */
function poorPath(): string {
  const directory = Deno.makeTempDirSync({ prefix: "mgmt-path-" });
  for (const name of GRANTED.split(" ")) {
    const found = Deno.env.get("PATH")!.split(":").map((each) => `${each}/${name}`)
      .find((path) => isFile(path));
    Deno.symlinkSync(found!, `${directory}/${name}`);
  }
  return directory;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function script(name: string, args: string[], env: Record<string, string>) {
  const { code, stdout, stderr } = new Deno.Command(`${ROOT}scripts/${name}`, { args, env })
    .outputSync();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("without anything to fetch with, every script ends with one clear line", () => {
  const PATH = poorPath();
  const MGMT_CACHE = Deno.makeTempDirSync({ prefix: "mgmt-cache-" });
  try {
    for (const [name, args] of [["mgmt", ["version"]], ["build", []], ["test", []]] as const) {
      const { code, stdout, stderr } = script(name, [...args], { PATH, MGMT_CACHE });
      assertEquals({ code, stdout }, { code: 1, stdout: "" }, stderr);
      assertMatch(stderr, /^mgmt: cannot get Deno [\d.]+ \(npm is not installed; .*\)\n$/);
    }
    assertEquals([...Deno.readDirSync(MGMT_CACHE)], []);
  } finally {
    Deno.removeSync(PATH, { recursive: true });
    Deno.removeSync(MGMT_CACHE, { recursive: true });
  }
});

Deno.test("without a Go and a way to one, etcd is not built, and one line says so", () => {
  const PATH = poorPath();
  const MGMT_CACHE = Deno.makeTempDirSync({ prefix: "mgmt-cache-" });
  try {
    const { code, stdout, stderr } = script("etcd", [], { PATH, MGMT_CACHE });
    assertEquals({ code, stdout }, { code: 1, stdout: "" }, stderr);
    assertMatch(stderr, /^mgmt: etcd cannot be built: no Go that is new enough .*\n$/);
    assertEquals([...Deno.readDirSync(MGMT_CACHE)], []);
  } finally {
    Deno.removeSync(PATH, { recursive: true });
    Deno.removeSync(MGMT_CACHE, { recursive: true });
  }
});

Deno.test("a cache directory that cannot be made is one clear line", () => {
  const { code, stderr } = script("mgmt", ["version"], { MGMT_CACHE: "/dev/null/cache" });
  assertEquals(code, 1);
  assertMatch(stderr, /^mgmt: cannot make the cache directory \/dev\/null\/cache;.*\n$/);
});

Deno.test("once all is there, scripts/mgmt fetches nothing and says nothing of its own", () => {
  const PATH = poorPath();
  try {
    const { code, stdout, stderr } = script("mgmt", ["version"], { PATH });
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    assertStringIncludes(stdout, "from source");
  } finally {
    Deno.removeSync(PATH, { recursive: true });
  }
});

Deno.test("no file of the project names a place to fetch from", () => {
  const { stdout } = new Deno.Command("git", { args: ["ls-files"], cwd: ROOT }).outputSync();
  const hosts = new RegExp(
    ["npmjs", "pythonhosted", "pypi", "jsr", "crates"].map((n) => `${n}\\.(org|io)`).join("|"),
  );
  const naming = new TextDecoder().decode(stdout).trim().split("\n")
    .filter((path) => isFile(ROOT + path) && hosts.test(Deno.readTextFileSync(ROOT + path)));
  assertEquals(naming, []);
});
