/** Every flag of every command: what it is refused, and what it says it takes. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../../src/cli/commands/registry.ts";
import { SHOWN_PASSES } from "../../../src/lang/passes.ts";
import { runLine } from "../../support/cli_surface.ts";

/** Values that a flag refuses, and what it says it takes. */
interface Wrong {
  readonly values: readonly string[];
  readonly takes: string;
}

const NO_NUMBERS = ["many", "1e3", "0x10", " 5", "5s", "NaN", "99999999999999"];
const NO_ADDRESSES: Wrong = { values: ["h:two", "http://h:1/path", ":1"], takes: "not an address" };

const NO_MOMENTS: Wrong = {
  values: ["soon", "-1h", "1y", "25:00", "12:60", "2026-13-01", "2026-11-29 25:00", "1h30m", "@1"],
  takes: "takes a time such as 90m",
};

function whole(range: string, ...values: readonly string[]): Wrong {
  return { values: [...NO_NUMBERS, "5.5", "-1", ...values], takes: `takes a whole number${range}` };
}

function part(range: string, ...values: readonly string[]): Wrong {
  return { values: [...NO_NUMBERS, "-5", ...values], takes: `takes a number${range}` };
}

function choice(words: string): Wrong {
  return { values: ["Other", "constructor"], takes: `takes ${words}, not ` };
}

/** All flags with a value that not every text is, by their names. */
const WRONG: Readonly<Record<string, Wrong>> = {
  "converged-timeout": part(" of seconds from 0 to 315360000 (0: at the", "-0.5", "315360001"),
  "converger-timeout": part(" of seconds from 0 to 315360000 (0: at the", "-0.5", "315360001"),
  "metrics": {
    values: [":1", "9233", "9233:", "h:two", "https://127.0.0.1:1", "127.0.0.1:0", "a:1,b:2"],
    takes: "takes one address such as 127.0.0.1:9233",
  },
  "sema": whole(" from 1 to 999999", "0", "1000000"),
  "max-runtime": part(" of seconds from 0 to 315360000 (0: no limit)", "-1", "315360001"),
  "seed": whole(" from 0 to 4294967295", "4294967296"),
  "repair-burst": whole(" from 1 to 1000000000", "0"),
  "repair-rate": part(" from 0.001 to 1000000", "0"),
  "ideal-cluster-size": whole(" from 1 to 99", "0", "100"),
  "cluster-wait": whole(" of seconds from 0 to 3600", "3601"),
  "dead-after": whole(" of seconds from 5 to 86400", "4", "86401"),
  "journal-size": whole(" from 0 to 1000000 (megabytes; 0: no journal)", "1000001"),
  "journal-days": whole(" from 1 to 36500", "0", "36501"),
  "limit": whole(" from 1 to 100000", "0", "100001"),
  "change": whole(" from 1 to 9007199254740991", "0", "9007199254740993"),
  "for": { values: ["5", "0m", "91d", "soon"], takes: "takes a time such as 30s" },
  "timeout": { values: ["5", "0m", "2d", "soon"], takes: "takes a time such as 30s" },
  "since": NO_MOMENTS,
  "at": NO_MOMENTS,
  "kind": { values: ["file[/x]", "a b", "../x"], takes: "takes a kind of resource" },
  "uses": whole(" from 1 to 1000", "0", "1001"),
  "ttl": { values: ["5", "0m", "367d", "soon"], takes: "takes a time such as 30s" },
  "role": choice("agent or server"),
  "to": { values: ["AGE-SECRET-KEY-1", "age1x,", "me"], takes: "takes recipients of age" },
  "wait": whole(" of seconds from 0 to 86400", "86401"),
  "output": choice("human or json"),
  "run output": choice("human, live or json"),
  "service output": choice("human, live or json"),
  "color": choice("auto, always or never"),
  "who": choice("off, on or exec"),
  "format": choice("tree, dot, mermaid, json or yaml"),
  "after": choice("values, resources, edges, junctions, collected or autoedge"),
  "on-change": { values: [" "], takes: "takes a command, not" },
  "on-failure": { values: ["\t"], takes: "takes a command, not" },
  "hook-shell": { values: [" "], takes: "takes a shell, not" },
  "hostname": { values: ["../x", "-h", ".", "a b"], takes: "takes letters, digits, dots and" },
  "as": { values: ["../x", "-h", ".", "a b"], takes: "takes letters, digits, dots and" },
  "label": {
    values: ["role", "=web", "1a=b", "a b=c", "role=web,"],
    takes: "takes labels such as",
  },
  "seeds": NO_ADDRESSES,
  "join": NO_ADDRESSES,
  "client-urls": NO_ADDRESSES,
  "server-urls": NO_ADDRESSES,
  "peer-urls": NO_ADDRESSES,
  "advertise-client-urls": NO_ADDRESSES,
  "advertise-server-urls": NO_ADDRESSES,
  "listen": {
    values: ["9234", "127.0.0.1", "localhost:9234", "h:1", "127.0.0.1:0", "127.0.0.1:99999"],
    takes: "takes an address and a port",
  },
};

/** Flags that take any text. */
const ANY_TEXT = [
  "file",
  "prefix",
  "secrets",
  "secret-file",
  "token",
  "token-file",
  "operator",
  "cacert",
  "cert",
  "key",
  "user-file",
  "directory",
  "identity",
  "graphviz",
  "graphviz-filter",
  "failure-domain",
  "reason",
  "facts",
  "bundle",
];

/** What comes after a command so that nothing but the flag is wrong. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  run: ["/nowhere/g.yaml"],
  validate: ["/nowhere/g.yaml"],
  graph: ["/nowhere/g.yaml"],
  plan: ["/nowhere/g.yaml"],
  service: ["print", "/nowhere/g.yaml"],
  secret: ["list"],
  cluster: ["status"],
  volunteer: ["on"],
  why: ["file[/etc/motd]"],
  diff: ["file[/etc/motd]"],
  restore: ["file[/etc/motd]"],
  evict: ["web3"],
  forget: ["web3"],
};

/** Flags that a service refuses whatever they are given. */
const NOT_FOR_A_SERVICE = ["converged-timeout", "max-runtime"];

for (const { name, flags, otherFlags = [] } of COMMANDS) {
  const valued = [...flags, ...otherFlags].filter(({ value }) => value !== undefined);
  if (valued.length === 0) continue;
  Deno.test(`mgmt ${name}: each flag refuses what it does not take, and says what it takes`, async () => {
    for (const { name: flag, environment } of valued) {
      if (name === "service" && NOT_FOR_A_SERVICE.includes(flag)) continue;
      const wrong = WRONG[`${name} ${flag}`] ?? WRONG[flag];
      assertEquals(wrong === undefined, ANY_TEXT.includes(flag), `--${flag} is in one table`);
      for (const value of wrong?.values ?? []) {
        const words = [name, ...WORDS[name] ?? []];
        await refused([...words, `--${flag}=${value}`], `--${flag}`, wrong);
        if (environment === undefined) continue;
        await refused(words, environment, wrong, { [environment]: value });
      }
    }
  });
}

async function refused(
  line: readonly string[],
  source: string,
  wrong: Wrong | undefined,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { code, data, talk } = await runLine(line, environment);
  const told = `${line.join(" ")} ${JSON.stringify(environment)}: ${talk}`;
  assertEquals([code, data], [1, ""], told);
  assertStringIncludes(talk, `: ${source}`, told);
  assertStringIncludes(talk, wrong?.takes ?? "", told);
}

Deno.test("a flag counts more than a variable that is wrong", async () => {
  const line = ["service", "print", "/nowhere/g.yaml", "--ideal-cluster-size=3"];
  const { code, data } = await runLine(line, { MGMT_IDEAL_CLUSTER_SIZE: "many" });
  assertEquals(code, 0);
  assertStringIncludes(data, "--ideal-cluster-size=3");
});

Deno.test("every flag says a default that it takes", () => {
  for (const { name, flags } of COMMANDS) {
    for (const { name: flag, defaultValue, read } of flags) {
      if (defaultValue === undefined) continue;
      const value = read?.(String(defaultValue), `--${flag}`, () => false);
      assertEquals(value, { ok: true, value: defaultValue }, `${name} --${flag}`);
    }
  }
});

Deno.test("--after takes the passes that give a graph", async () => {
  const { talk } = await runLine(["graph", "/nowhere/g.yaml", "--after=none"]);
  const names = ["values", ...SHOWN_PASSES.map(({ name }) => name)];
  assert(names.length > 1);
  assertStringIncludes(talk, `takes ${names.slice(0, -1).join(", ")} or ${names.at(-1)}, not`);
});
