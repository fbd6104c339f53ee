import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { prefixOf, type RunSettings, runSettings, wantsColor } from "../../../src/app/settings.ts";
import { addressText } from "../../../src/base/address.ts";
import { at } from "../../support/address.ts";

function settings(
  flags: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
  talkIsTerminal = true,
): RunSettings {
  const result = runSettings(new Map(Object.entries(flags)), {
    environment: (name) => environment[name],
    talkIsTerminal,
    randomSeed: () => 42,
  });
  assert(result.ok, result.ok ? "" : result.failure.message);
  return result.value;
}

Deno.test("a run that is told nothing but its file has the documented defaults", () => {
  assertEquals(settings({ file: "g.yaml" }), {
    file: "g.yaml",
    noop: false,
    convergedTimeoutSeconds: -1,
    convergedAfterSeconds: -1,
    maxRuntimeSeconds: 0,
    watchFile: true,
    tmpPrefix: false,
    hooks: [],
    journal: { limitBytes: 64 * 1024 * 1024, limitAgeMs: 365 * 86_400_000 },
    cluster: {
      asked: false,
      network: true,
      seeds: [],
      clientUrls: ["http://127.0.0.1:2379"],
      peerUrls: ["http://127.0.0.1:2380"],
      listenClients: [at("http://127.0.0.1:2379")],
      listenPeers: [at("http://127.0.0.1:2380")],
      named: [],
      trust: { tls: false, insecurePlaintext: false, said: {} },
      speaks: { scheme: "http", why: "loopback" },
      credentials: "none",
      member: "none",
      server: true,
      waitSeconds: 10,
      deadAfterSeconds: 120,
    },
    output: "human",
    verbosity: "normal",
    color: true,
    seed: 42,
    repairBurst: 2000,
    repairRate: 5,
    who: "on",
  });
});

Deno.test("a flag counts more than the environment, and that more than the default", () => {
  const environment = { MGMT_FILE: "e.yaml", MGMT_CONVERGED_TIMEOUT: "3", MGMT_MAX_RUNTIME: "" };
  assertEquals(settings({}, environment).file, "e.yaml");
  assertEquals(settings({}, environment).convergedTimeoutSeconds, 3);
  assertEquals(settings({}, environment).maxRuntimeSeconds, 0);
  const both = settings({ "file": "f.yaml", "converged-timeout": "0" }, environment);
  assertEquals([both.file, both.convergedTimeoutSeconds], ["f.yaml", 0]);
});

Deno.test("paths are resolved at the start, the name of the graph stays as it was written", () => {
  const { file, graphviz, prefix } = settings({ file: "g.yaml", graphviz: "g.dot", prefix: "p/" });
  // Another test of this process may have gone to the root.
  const here = Deno.cwd().replace(/\/$/, "");
  assertEquals([file, graphviz, prefix], ["g.yaml", `${here}/g.dot`, `${here}/p`]);
});

Deno.test("when a run has converged and when it ends because of that, by either name", () => {
  const times = (flags: Record<string, string>, environment: Record<string, string> = {}) => {
    const read = settings({ file: "g", ...flags }, environment);
    return [read.convergedAfterSeconds, read.convergedTimeoutSeconds];
  };
  const exit = { "converged-exit": "true" };
  assertEquals(times({ "converged-timeout": "5" }), [5, 5]);
  assertEquals(times({ "converged-timeout": "5", ...exit }), [5, 5]);
  assertEquals(times({ "converger-timeout": "5", ...exit }), [5, 5]);
  assertEquals(times({ "converger-timeout": "0", ...exit }), [0, 0]);
  assertEquals(times({ "converger-timeout": "5" }), [5, -1]);
  assertEquals(times({ "converger-timeout": "-1", ...exit }), [-1, -1]);
  assertEquals(times(exit, { MGMT_CONVERGER_TIMEOUT: "7" }), [7, 7]);
  // What a flag says counts more than a variable, also one of the other name.
  assertEquals(times({ "converger-timeout": "5" }, { MGMT_CONVERGED_TIMEOUT: "3" }), [5, -1]);
  assertEquals(times({ "converged-timeout": "5" }, { MGMT_CONVERGER_TIMEOUT: "3" }), [5, 5]);
});

Deno.test("without a network nothing asks for a cluster, whatever the environment knows of one", () => {
  const environment = { MGMT_SEEDS: "h1:2379", MGMT_IDEAL_CLUSTER_SIZE: "3" };
  const { cluster, hostname } = settings(
    { file: "g", "no-network": "true", "no-server": "true", hostname: "h1" },
    environment,
  );
  assertEquals([cluster.asked, cluster.network, hostname], [false, false, "h1"]);
});

Deno.test("a seed of 0 is a seed", () => {
  assertEquals(settings({ file: "g", seed: "0" }).seed, 0);
});

Deno.test("a host name chooses a place of its own below the default, but not below a prefix", () => {
  assertEquals(prefixOf({}, "/var/lib/mgmt"), "/var/lib/mgmt");
  assertEquals(prefixOf({ hostname: "h1" }, "/var/lib/mgmt"), "/var/lib/mgmt/hosts/h1");
  assertEquals(prefixOf({ hostname: "h1", prefix: "/p" }, "/var/lib/mgmt"), "/p");
});

Deno.test("colours go to terminals, unless they are refused or asked for", () => {
  const none = () => undefined;
  const noColor = (name: string) => name === "NO_COLOR" ? "1" : undefined;
  assertEquals(wantsColor(undefined, none, true), true);
  assertEquals(wantsColor("auto", none, false), false);
  assertEquals(wantsColor("auto", noColor, true), false);
  assertEquals(wantsColor("always", noColor, false), true);
  assertEquals(wantsColor("never", none, true), false);
  assertEquals(wantsColor("auto", (name) => name === "TERM" ? "dumb" : undefined, true), false);
});

Deno.test("a screen is for who watches a terminal that can be one", () => {
  const output = (
    told: string | undefined,
    environment: Readonly<Record<string, string>>,
    talkIsTerminal = true,
  ) => {
    const flags = told === undefined ? {} : { output: told };
    return settings({ file: "g", ...flags }, environment, talkIsTerminal).output;
  };
  const terminal = { TERM: "xterm" };
  assertEquals(output(undefined, terminal), "live");
  assertEquals(output(undefined, { ...terminal, NO_COLOR: "1", CI: "false" }), "live");
  assertEquals(output(undefined, terminal, false), "human");
  assertEquals(output(undefined, { ...terminal, CI: "true" }), "human");
  assertEquals(output(undefined, { TERM: "dumb" }), "human");
  assertEquals(output(undefined, {}), "human");
  assertEquals(output("live", { ...terminal, CI: "true" }), "live");
  assertEquals(output("live", terminal, false), "human");
  assertEquals(output("live", { TERM: "dumb" }), "human");
  assertEquals(output("human", terminal), "human");
  assertEquals(output("json", terminal), "json");
});

Deno.test("a loopback address beside another is listened at, and told to nobody", () => {
  const { cluster } = settings({
    file: "g",
    "client-urls": "127.0.0.1:2379,10.0.0.1:2379",
    "server-urls": "10.0.0.1:2380,[::1]:2380",
  });
  assertEquals([cluster.clientUrls, cluster.listenClients.map(addressText)], [
    ["http://10.0.0.1:2379"],
    ["http://127.0.0.1:2379", "http://10.0.0.1:2379"],
  ]);
  assertEquals([cluster.peerUrls, cluster.listenPeers.map(addressText)], [
    ["http://10.0.0.1:2380"],
    ["http://10.0.0.1:2380", "http://[::1]:2380"],
  ]);
  const alone = settings({ file: "g", "client-urls": "127.0.0.1:1,127.0.0.2:1" }).cluster;
  assertEquals([alone.clientUrls.length, alone.listenClients.length], [2, 2]);
});

Deno.test("others are told of other addresses than those that are listened at, if so advertised", () => {
  const { cluster } = settings({
    file: "g",
    "client-urls": "0.0.0.0:4001",
    "server-urls": "[::]:4002",
    "advertise-client-urls": "203.0.113.5",
    "advertise-server-urls": "h1.example:5002",
  });
  assertEquals([cluster.asked, cluster.clientUrls, cluster.peerUrls], [
    true,
    ["http://203.0.113.5:2379"],
    ["http://h1.example:5002"],
  ]);
  assertEquals([cluster.listenClients.map(addressText), cluster.listenPeers.map(addressText)], [
    ["http://0.0.0.0:4001"],
    ["http://[::]:4002"],
  ]);
});

Deno.test("a host listens at addresses, not at names, and is told which it has", () => {
  for (const flag of ["client-urls", "server-urls"]) {
    for (const name of ["web1:2379", "web1.example", "http://web1:4000"]) {
      const read = runSettings(new Map([["file", "g"], [flag, name]]), {
        environment: () => undefined,
        talkIsTerminal: true,
        randomSeed: () => 42,
      });
      assert(!read.ok, `--${flag} ${name}`);
      assertStringIncludes(read.failure.message, `--${flag}: web1`);
      assertMatch(read.failure.hint ?? "", /^write .*address.*; a name .* --advertise-/);
    }
  }
  assertEquals(settings({ file: "g", "client-urls": "localhost:1" }).cluster.clientUrls.length, 1);
  assertEquals(settings({ file: "g", seeds: "web1:2379" }).cluster.seeds.length, 1);
});
