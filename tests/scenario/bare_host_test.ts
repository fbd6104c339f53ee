import { assertEquals, assertMatch } from "@std/assert";
import { TestCluster } from "../support/etcd.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const MGMT = `${ROOT}dist/mgmt`;

function run(command: string, ...args: string[]) {
  const { code, stdout, stderr } = new Deno.Command(command, { args }).outputSync();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** A tree with the executable, the libraries it is linked to, and nothing else: no /proc, no /tmp. */
function bareHost(program = MGMT): string {
  const root = Deno.makeTempDirSync({ prefix: "mgmt-bare-" });
  const libraries = run("ldd", program).stdout.match(/\/\S+/g) ?? [];
  for (const library of libraries) {
    Deno.mkdirSync(root + library.slice(0, library.lastIndexOf("/")), { recursive: true });
    Deno.copyFileSync(Deno.realPathSync(library), root + library);
  }
  Deno.copyFileSync(program, `${root}/mgmt`);
  return root;
}

Deno.test({
  name: "copied alone to a tree that holds glibc and nothing else, the executable starts",
  ignore: Deno.uid() !== 0 || Deno.build.arch !== "x86_64",
  fn() {
    const root = bareHost();
    try {
      for (const path of ["/mgmt", "./mgmt"]) {
        const { code, stdout, stderr } = run("chroot", root, path, "version");
        assertEquals({ code, stderr }, { code: 0, stderr: "" });
        assertMatch(stdout, /^mgmt \d+\.\d+\.\d+ ([0-9a-f]{12}\+?|from source) \(Deno \d/);
      }
    } finally {
      Deno.removeSync(root, { recursive: true });
    }
  },
});

Deno.test({
  name: "what it takes to run etcd and to speak with it is in one file, also where nothing else is",
  ignore: Deno.uid() !== 0 || Deno.build.arch !== "x86_64",
  async fn() {
    const directory = Deno.makeTempDirSync({ prefix: "mgmt-probe-" });
    const built = run(`${ROOT}scripts/build`, "tests/support/etcd3_probe.ts", `${directory}/probe`);
    assertEquals(built.code, 0, built.stderr);
    const root = bareHost(`${directory}/probe`);
    try {
      await using cluster = await TestCluster.start(1);
      const probe = (...args: string[]) => run("chroot", root, "/mgmt", ...args);
      assertMatch(probe("/bin").stdout, /^etcd Version: 3\.6\.16\n/);
      const spoken = probe("", cluster.clientUrls[0]!);
      assertEquals(spoken, { code: 0, stdout: "value\n", stderr: "" });
    } finally {
      Deno.removeSync(root, { recursive: true });
      Deno.removeSync(directory, { recursive: true });
    }
  },
});
