import { assertEquals, assertMatch } from "@std/assert";

const MGMT = new URL("../../dist/mgmt", import.meta.url).pathname;

function run(command: string, ...args: string[]) {
  const { code, stdout, stderr } = new Deno.Command(command, { args }).outputSync();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** A tree with the executable, the libraries it is linked to, and nothing else: no /proc, no /tmp. */
function bareHost(): string {
  const root = Deno.makeTempDirSync({ prefix: "mgmt-bare-" });
  const libraries = run("ldd", MGMT).stdout.match(/\/\S+/g) ?? [];
  for (const library of libraries) {
    Deno.mkdirSync(root + library.slice(0, library.lastIndexOf("/")), { recursive: true });
    Deno.copyFileSync(Deno.realPathSync(library), root + library);
  }
  Deno.copyFileSync(MGMT, `${root}/mgmt`);
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
