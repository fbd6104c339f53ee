import { assertEquals, assertStringIncludes } from "@std/assert";
import { runLine } from "../../support/cli_surface.ts";
import { freeUrl } from "../../support/etcd.ts";
import { inDirectory } from "../../support/program.ts";

async function refused(line: string, ...says: string[]): Promise<void> {
  const { code, data, talk } = await runLine(line.split(" "));
  assertEquals([code, data], [1, ""], talk);
  for (const words of says) assertStringIncludes(talk, words);
}

Deno.test("cluster: what is mistyped is refused before anything is asked", async () => {
  await refused("cluster", "say what to do: status, size, snapshot, recover");
  await refused("cluster stats", '"stats" is not one of', "did you mean status?");
  await refused("cluster size many", 'size takes a whole number from 1 to 99, not "many"');
  await refused("cluster size 0", "from 1 to 99");
  await refused("cluster size 3 5", "one word too many");
  await refused("cluster status now", "one word too many");
  await refused("cluster status --output xml", "--output takes human or json");
  await refused("cluster snapshot", "which file? Name it");
  await refused("cluster recover now", "one word too many");
  await refused("cluster recover --output json", "no --output json");
  await refused("cluster recover --seeds a:1", "it takes no --seeds");
  await refused("members here", "one word too many");
  await refused("members --output xml", "--output takes human or json");
  await refused("members --hostname a/b", "--hostname takes letters");
  await refused("members --seeds https://a:1", "only http is understood");
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

Deno.test("volunteer, leave: what is mistyped is refused, and who has no agent is told so", async () => {
  await refused("volunteer", "say on or off");
  await refused("volunteer perhaps", '"perhaps" is not on or off');
  await refused("volunteer on off", "one word too many");
  await refused("leave --wait soon", "--wait takes a whole number of seconds");
  await inDirectory(async (directory) => {
    await refused(`leave --prefix ${directory}`, `the host of ${directory} is in no cluster`);
    await Deno.mkdir(`${directory}/cluster/state`, { recursive: true });
    await Deno.writeTextFile(`${directory}/cluster/state/said.json`, "{}");
    await refused(`volunteer off --prefix ${directory}`, `no agent runs with ${directory}`);
  });
});
