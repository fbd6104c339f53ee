import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { refuse } from "../../../src/cli/refuse.ts";
import { stateDirectory } from "../../../src/os/state/state_directory.ts";
import { runLine } from "../../support/cli_surface.ts";
import { freeUrl } from "../../support/etcd.ts";
import { inDirectory, repositoryFile } from "../../support/program.ts";

/** A user that is not root. */
const OTHER = 65534;

async function refused(line: string, ...says: string[]): Promise<void> {
  const { code, data, talk } = await runLine(line.split(" "));
  assertEquals([code, data], [1, ""], talk);
  for (const words of says) assertStringIncludes(talk, words);
}

Deno.test("cluster: what is mistyped is refused before anything is asked", async () => {
  await refused("cluster", "say what to do: status, size, snapshot, restore, recover");
  await refused("cluster stats", '"stats" is not one of', "did you mean status?");
  await refused("cluster size many", 'size takes a whole number from 1 to 99, not "many"');
  await refused("cluster size 0", "from 1 to 99");
  await refused("cluster size 3 5", "one word too many");
  await refused("cluster status now", "one word too many");
  await refused("cluster status --output xml", "--output takes human or json");
  await refused("cluster snapshot", "which file? Name it");
  await refused("cluster restore", "which snapshot? Name it");
  await refused("cluster restore f --seeds a:1", "it takes no --seeds");
  await refused("cluster restore /dev/null", "is no regular file");
  await refused("leave --join h:x", '--join: "h:x" is not an address');
  await refused("cluster recover now", "one word too many");
  await refused("cluster recover --output json", "no --output json");
  await refused("cluster recover --seeds a:1", "it takes no --seeds");
  await refused("members here", "one word too many");
  await refused("members --output xml", "--output takes human or json");
  await refused("members --hostname a/b", "--hostname takes letters");
  await refused("members --seeds https://a:1", "speaks TLS, and");
});

// gRPC has a timer that outlives its channel by a little.
Deno.test({
  name: "members: nobody answers there",
  ...{ sanitizeOps: false, sanitizeResources: false },
  fn: async () => {
    const url = freeUrl();
    await refused(`members --seeds ${url}`, `no cluster answers at ${url}`, "--seeds");
  },
});

Deno.test("members: no cluster below the prefix", async () => {
  await inDirectory(async (directory) => {
    await refused(`members --prefix ${directory}`, `the host of ${directory} is in no cluster`);
    await refused(`cluster status --prefix ${directory}`, "is in no cluster", "--hostname");
  });
});

Deno.test("a command without --seeds does not advise it", async () => {
  await inDirectory(async (directory) => {
    for (const line of ["leave", "volunteer on", "cluster recover"]) {
      const { code, talk } = await runLine([...line.split(" "), "--prefix", directory]);
      assertEquals(code, 1);
      assertStringIncludes(talk, "name its state with --prefix or --hostname");
      assert(!talk.includes("--seeds"), talk);
    }
    await refused(`members --prefix ${directory}`, "is in no cluster", "with --seeds");
  });
});

Deno.test("a prefix that does not exist is not taken for a host in no cluster", async () => {
  await inDirectory(async (directory) => {
    const prefix = join(directory, "mistyped");
    for (const line of ["members", "cluster status", "leave", "volunteer on"]) {
      await refused(`${line} --prefix ${prefix}`, `${prefix} does not exist`, "--prefix");
    }
  });
});

Deno.test("members: whose host was the last to leave is told so, and nobody else is asked", async () => {
  await inDirectory(async (directory) => {
    const state = stateDirectory(`${directory}/cluster/state`);
    state.write("identity.json", JSON.stringify({ id: "a", endpoints: [] }));
    const order = { id: "1", volunteer: true, leave: true, left: true };
    state.write("order.json", JSON.stringify(order));
    const words = ["has left its cluster", "mgmt volunteer on brings it back"];
    await refused(`members --prefix ${directory}`, ...words);
    await refused(`cluster status --prefix ${directory}`, ...words);
  });
});

Deno.test({
  name: "a prefix that may not be read is not taken for a host in no cluster",
  ignore: Deno.uid() !== 0,
  // The timer of the test above.
  ...{ sanitizeOps: false, sanitizeResources: false },
  fn: async () => {
    await inDirectory(async (directory) => {
      const prefix = `${directory}/other`;
      await Deno.mkdir(`${prefix}/cluster/state`, { recursive: true });
      await Deno.chmod(prefix, 0o700);
      await Deno.chown(prefix, OTHER, OTHER);
      for (const line of ["leave", "volunteer on", "cluster recover", "members"]) {
        const { code, stderr } = await withoutRights([...line.split(" "), "--prefix", prefix]);
        assertEquals(code, 1);
        assertStringIncludes(stderr, `cannot read ${prefix}/cluster/state: permission denied`);
        assertStringIncludes(stderr, "hint: it belongs to another user");
      }
    });
  },
});

Deno.test("what is not about the command line gets no hint at the help", async () => {
  let talk = "";
  const complain = (text: string) => Promise.resolve(void (talk += text));
  const message = "cannot write /f: no space left";
  await refuse("cluster snapshot", { message, code: "write" }, { complain });
  assertEquals(talk, `mgmt cluster snapshot: ${message}\n`);
  talk = "";
  await refuse("cluster snapshot", { message: "which file? Name it" }, { complain });
  assertStringIncludes(talk, "hint: mgmt help cluster says more");
});

/** Runs a command as root without what makes root pass every door. */
async function withoutRights(args: string[]): Promise<{ code: number; stderr: string }> {
  const program = [Deno.execPath(), "run", "-A", "--no-check", repositoryFile("main.ts")];
  const rights = "-dac_override,-dac_read_search";
  const { code, stderr } = await new Deno.Command("setpriv", {
    args: [`--bounding-set=${rights}`, `--inh-caps=${rights}`, ...program, ...args],
    stdout: "null",
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("volunteer, leave: what is mistyped is refused, and who has no agent is told so", async () => {
  await refused("volunteer", "say on or off");
  await refused("volunteer perhaps", '"perhaps" is not on or off');
  await refused("volunteer on off", "one word too many");
  await refused("leave --wait soon", "--wait takes a whole number of seconds");
  await inDirectory(async (directory) => {
    await refused(`leave --prefix ${directory}`, `the host of ${directory} is in no cluster`);
    await Deno.mkdir(`${directory}/cluster/state`, { recursive: true });
    await Deno.writeTextFile(`${directory}/cluster/state/identity.json`, "{}");
    await refused(`volunteer off --prefix ${directory}`, `no agent runs with ${directory}`);
  });
});
