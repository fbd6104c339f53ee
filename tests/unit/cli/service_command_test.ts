import { assertEquals, assertStringIncludes } from "@std/assert";
import { runLine } from "../../support/cli_surface.ts";

/** The command line in the unit that is printed. */
async function command(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  const { code, data, talk } = await runLine(["service", "print", ...words], environment);
  assertEquals([code, talk], [0, ""]);
  return /^ExecStart=(.*)$/m.exec(data)?.[1];
}

const HERE = Deno.cwd();

Deno.test("the service gets the flags of the run, with paths that are right everywhere", async () => {
  assertEquals(await command(["/etc/g.yaml"]), "/usr/local/bin/mgmt run --file=/etc/g.yaml");
  assertEquals(
    await command(["g.yaml", "-q", "--prefix", "p", "--hostname=true", "--graphviz=a b"]),
    `/usr/local/bin/mgmt run --file=${HERE}/g.yaml --quiet "--graphviz=${HERE}/a b" ` +
      `--prefix=${HERE}/p --hostname=true`,
  );
});

Deno.test("a service is read where its run would be", async () => {
  assertEquals(
    await command(["/g.yaml", "--metrics", "[::1]:9233"]),
    '/usr/local/bin/mgmt run --file=/g.yaml "--metrics=[::1]:9233"',
  );
});

Deno.test("the files for an etcd that others run are named so that a service finds them, and not by etcdctl's names", async () => {
  const environment = { ETCDCTL_CACERT: "/other.pem", ETCDCTL_CERT: "/c", ETCDCTL_KEY: "/k" };
  const flags = ["/g.yaml", "--seeds=h1:1", "--cacert=ca.pem", "--user-file=user"];
  assertEquals(
    await command(flags, environment),
    `/usr/local/bin/mgmt run --file=/g.yaml --seeds=h1:1 --cacert=${HERE}/ca.pem ` +
      `--user-file=${HERE}/user`,
  );
});

Deno.test("what the environment says is written into the unit, unless it suits no service", async () => {
  const environment = { MGMT_FILE: "e.yaml", MGMT_CONVERGED_TIMEOUT: "5" };
  assertEquals(await command([], environment), `/usr/local/bin/mgmt run --file=${HERE}/e.yaml`);
  assertEquals(
    await command(["f.yaml"], environment),
    `/usr/local/bin/mgmt run --file=${HERE}/f.yaml`,
  );
});

Deno.test("short and other names of flags become their long ones, and what others know of a network goes", async () => {
  const environment = { MGMT_SEEDS: "h1:2379", MGMT_CLIENT_URLS: "10.0.0.1", MGMT_FILE: "e.yaml" };
  assertEquals(
    await command(["-g", "x", "-gf", "dot", "-f", "/g.yaml", "--no-network"], environment),
    `/usr/local/bin/mgmt run --file=/g.yaml --graphviz=${HERE}/x --graphviz-filter=dot --no-network`,
  );
  assertEquals(
    await command(["/g.yaml", "--converger-timeout", "5", "--sema=1"]),
    "/usr/local/bin/mgmt run --file=/g.yaml --converger-timeout=5 --sema=1",
  );
});

Deno.test("a variable that nobody reads is named, with the one that was meant", async () => {
  const odd = {
    MGMT_CONVERGED_TIMOUT: "5",
    MGMT_FILE: "e.yaml",
    MGMT_COMMAND_MARK: "x",
    MGMT_X: "",
    // Of this project's tests.
    MGMT_NO_BROWSER: "x",
    MGMT_NO_SUDO: "x",
    MGMT_NO_DNF: "x",
  };
  const { code, talk } = await runLine(["service", "print"], odd);
  assertEquals([code, talk], [
    0,
    "mgmt: warning: the variable MGMT_CONVERGED_TIMOUT means nothing to mgmt; " +
    "did you mean MGMT_CONVERGED_TIMEOUT?\n",
  ]);
  // A command that takes none from the environment does not look at it.
  assertEquals((await runLine(["version"], odd)).talk, "");
});

Deno.test("a command that no operator gives says so where a variable names one", async () => {
  const { talk } = await runLine(["evict"], { MGMT_OPERATOR: "f", MGMT_SEEDS: "" });
  assertStringIncludes(
    talk,
    "the variable MGMT_OPERATOR counts for nothing here: mgmt evict is for hosts of the cluster; an " +
      "operator gives members, status --fleet, wait --fleet, cluster status, cluster size and cluster env",
  );
});

const REFUSED: readonly (readonly [words: string, told: string])[] = [
  ["", "mgmt service: say what to do: print, install, uninstall"],
  ["prnt", 'mgmt service: "prnt" is not one of print, install, uninstall; did you mean print?'],
  ["install", "which graph? Name its file"],
  ["install g.yaml", "this mgmt runs from its source, and a service needs the executable"],
  ["uninstall g.yaml", "uninstall takes no g.yaml"],
  ["uninstall --quiet", "uninstall takes no --quiet"],
  ["print", "which graph? Name its file"],
  ["print -", "a service has no standard input"],
  [
    "print g.yaml --converger-timeout 5 --converged-exit",
    "--converged-exit is not for a service: it does not end",
  ],
  ["print g.yaml -t 5", "--converged-timeout is not for a service: it does not end"],
  ["print g.yaml --noop", "--noop is not for a service"],
  ["print g.yaml --tmp-prefix", "--tmp-prefix is not for a service"],
  ["print g.yaml --file h.yaml", "two graphs: --file h.yaml, and g.yaml"],
  ["print g.yaml --outptu=json", "unknown flag --outptu; did you mean --output?"],
];

for (const [words, told] of REFUSED) {
  Deno.test(`mgmt service ${words} is refused with one clear line`, async () => {
    const args = words === "" ? [] : words.split(" ");
    const { code, data, talk } = await runLine(["service", ...args]);
    assertEquals([code, data], [1, ""], talk);
    assertStringIncludes(talk, told);
  });
}
