/**
 * What `startup` does in each state that systemd has for unit files, against the real one.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { inDirectory, mgmt, shell } from "../support/program.ts";
import { ON_HOST, property } from "../support/host_world.ts";

const ETC = "/etc/systemd/system";
const LIB = "/usr/lib/systemd/system";
const WANTED = ["enabled", "disabled", "masked"] as const;

const SERVICE = "[Service]\\nExecStart=sleep infinity\\n";
const UNIT = `${SERVICE}[Install]\\nWantedBy=multi-user.target\\n`;

/** What comes of it, and the state afterwards, as `systemctl is-enabled` has it or systemd itself. */
type Outcome = readonly ["ok" | "changed" | "failed", string];

/** How a unit `NAME.service` gets into a state, and what each startup makes of it then. */
interface Case {
  readonly make: (name: string) => string;
  readonly enabled: Outcome;
  readonly disabled: Outcome;
  readonly masked: Outcome;
}

function script(name: string): string {
  const head = "#!/bin/sh\\n### BEGIN INIT INFO\\n# Provides: x\\n# Default-Start: 2 3 4 5\\n" +
    "# Default-Stop: 0 1 6\\n### END INIT INFO\\n";
  return `printf '${head}' > /etc/init.d/${name}; chmod 755 /etc/init.d/${name}`;
}

function put(text: string, path: string): string {
  return `printf '${text}' > ${path}`;
}

const CASES: Record<string, Case> = {
  "disabled": {
    make: (name) => put(UNIT, `${LIB}/${name}.service`),
    enabled: ["changed", "enabled"],
    disabled: ["ok", "disabled"],
    masked: ["changed", "masked"],
  },
  "with-file-in-etc": {
    make: (name) => put(UNIT, `${ETC}/${name}.service`),
    enabled: ["changed", "enabled"],
    disabled: ["ok", "disabled"],
    masked: ["failed", "disabled"],
  },
  "enabled": {
    make: (name) => `${put(UNIT, `${LIB}/${name}.service`)}; systemctl --no-reload enable ${name}`,
    enabled: ["ok", "enabled"],
    disabled: ["changed", "disabled"],
    masked: ["changed", "masked"],
  },
  "enabled-runtime": {
    make: (name) =>
      `${put(UNIT, `${LIB}/${name}.service`)}; systemctl --no-reload enable --runtime ${name}`,
    enabled: ["changed", "enabled"],
    disabled: ["changed", "disabled"],
    masked: ["changed", "masked"],
  },
  "linked": {
    make: (name) =>
      `${put(UNIT, `/opt/${name}.service`)}; systemctl --no-reload link /opt/${name}.service`,
    enabled: ["changed", "enabled"],
    disabled: ["ok", "linked"],
    masked: ["failed", "linked"],
  },
  "linked-and-enabled": {
    make: (name) =>
      `${put(UNIT, `/opt/${name}.service`)}; systemctl --no-reload enable /opt/${name}.service`,
    enabled: ["ok", "enabled"],
    disabled: ["changed", "linked"],
    masked: ["failed", "enabled"],
  },
  "linked-runtime": {
    make: (name) =>
      `${
        put(UNIT, `/opt/${name}.service`)
      }; systemctl --no-reload link --runtime /opt/${name}.service`,
    enabled: ["changed", "enabled"],
    disabled: ["ok", "linked-runtime"],
    masked: ["changed", "masked"],
  },
  "masked": {
    make: (name) => `${put(UNIT, `${LIB}/${name}.service`)}; systemctl --no-reload mask ${name}`,
    enabled: ["changed", "enabled"],
    disabled: ["changed", "disabled"],
    masked: ["ok", "masked"],
  },
  "masked-runtime": {
    make: (name) =>
      `${put(UNIT, `${LIB}/${name}.service`)}; systemctl --no-reload mask --runtime ${name}`,
    enabled: ["changed", "enabled"],
    disabled: ["changed", "disabled"],
    masked: ["changed", "masked"],
  },
  "enabled-and-masked": {
    make: (name) =>
      `${
        put(UNIT, `${LIB}/${name}.service`)
      }; systemctl --no-reload enable ${name}; systemctl --no-reload mask ${name}`,
    enabled: ["changed", "enabled"],
    disabled: ["changed", "disabled"],
    masked: ["ok", "masked"],
  },
  "static": {
    make: (name) => put(SERVICE, `${LIB}/${name}.service`),
    enabled: ["failed", "static"],
    disabled: ["ok", "static"],
    masked: ["changed", "masked"],
  },
  "static-and-started": {
    make: (name) =>
      `${put(SERVICE, `${LIB}/${name}.service`)}; mkdir -p ${LIB}/multi-user.target.wants; ` +
      `ln -sf ../${name}.service ${LIB}/multi-user.target.wants/${name}.service`,
    enabled: ["ok", "static"],
    disabled: ["failed", "static"],
    masked: ["changed", "masked"],
  },
  "indirect": {
    make: (name) =>
      `${put(`${SERVICE}[Install]\\nAlso=${name}.socket\\n`, `${LIB}/${name}.service`)}; ` +
      put(
        `[Socket]\\nListenStream=/run/${name}\\n[Install]\\nWantedBy=sockets.target\\n`,
        `${LIB}/${name}.socket`,
      ),
    enabled: ["changed", "indirect"],
    disabled: ["ok", "indirect"],
    masked: ["changed", "masked"],
  },
  "indirect-and-enabled": {
    make: (name) => `${CASES["indirect"]?.make(name)}; systemctl --no-reload enable ${name}.socket`,
    enabled: ["ok", "indirect"],
    disabled: ["changed", "indirect"],
    masked: ["changed", "masked"],
  },
  "generated": {
    make: script,
    enabled: ["changed", "generated"],
    disabled: ["ok", "generated"],
    masked: ["changed", "masked"],
  },
  "generated-and-enabled": {
    make: (name) => `${script(name)}; /usr/lib/systemd/systemd-sysv-install enable ${name}`,
    enabled: ["ok", "generated"],
    disabled: ["changed", "generated"],
    masked: ["changed", "masked"],
  },
  "transient": {
    make: (name) => `systemd-run --unit ${name} sleep infinity`,
    enabled: ["failed", "transient"],
    disabled: ["ok", "transient"],
    masked: ["failed", "transient"],
  },
  "not-found": {
    make: () => "true",
    enabled: ["failed", ""],
    disabled: ["ok", ""],
    masked: ["changed", "masked"],
  },
};

/** Runs a graph to its end and gives what came of each resource. */
async function outcomes(directory: string, args: readonly string[] = []) {
  const ended = await mgmt(
    [
      "run",
      `${directory}/g.yaml`,
      "-t",
      "0",
      "--prefix",
      `${directory}/p`,
      "--output",
      "json",
      ...args,
    ],
  );
  const found: Record<string, string> = {};
  for (const line of ended.stdout.trim().split("\n")) {
    const { type, key } = JSON.parse(line);
    const counts = ["ok", "changed", "failed", "would-change"].includes(type);
    // Who changed something looks once more, and is right then.
    if (counts && found[key] !== "changed" && found[key] !== "failed") found[key] = type;
  }
  return { found, said: ended.stderr + ended.stdout };
}

async function stateOf(unit: string): Promise<string> {
  const call = "busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 " +
    `org.freedesktop.systemd1.Manager GetUnitFileState s ${unit}`;
  return /^s "(.*)"/.exec(await shell(`${call} 2>/dev/null`))?.[1] ?? "";
}

async function removeAll(prefix: string): Promise<void> {
  await shell(
    `systemctl stop '${prefix}*'; rm -f /etc/init.d/${prefix}* /etc/rc?.d/*${prefix}* /opt/${prefix}*; ` +
      `find /etc/systemd/system /run/systemd/system ${LIB} -name '${prefix}*' -delete; ` +
      "systemctl daemon-reload",
  );
}

Deno.test({
  name: "each startup is made true in each state that systemd has, or refused with what to do",
  ignore: !ON_HOST,
  fn: async () => {
    const names = Object.entries(CASES).map(([state, each]) => ({ state, each }));
    try {
      await inDirectory(async (directory) => {
        for (const wanted of WANTED) {
          const unit = (state: string) => `t-${wanted}-${state}`;
          await shell(names.map(({ state, each }) => each.make(unit(state))).join("\n"));
          await shell("systemctl daemon-reload");
          await Deno.writeTextFile(
            `${directory}/g.yaml`,
            "graph: t\nresources:\n  svc:\n" +
              names.map(({ state }) => `  - {name: ${unit(state)}, startup: ${wanted}}\n`).join(""),
          );
          const expected = (outcome: (of: Outcome) => string) =>
            names.map(({ state, each }) => `${wanted} of ${state}: ${outcome(each[wanted])}`);
          const dry = await outcomes(directory, ["--noop"]);
          const told = ([came]: Outcome) => came === "changed" ? "would-change" : came;
          const actual = (from: Record<string, string>) =>
            names.map(({ state }) => `${wanted} of ${state}: ${from[`svc[${unit(state)}]`]}`);
          assertEquals(actual(dry.found), expected(told), dry.said);
          const first = await outcomes(directory);
          assertEquals(actual(first.found), expected(([came]) => came), first.said);
          const states = await Promise.all(
            names.map(async ({ state }) =>
              `${wanted} of ${state}: ${await stateOf(`${unit(state)}.service`)}`
            ),
          );
          assertEquals(states, expected(([, after]) => after), first.said);
          const second = await outcomes(directory);
          const stays = ([came]: Outcome) => came === "changed" ? "ok" : came;
          assertEquals(actual(second.found), expected(stays), second.said);
        }
        const socket = (wanted: string, state: string) => stateOf(`t-${wanted}-${state}.socket`);
        assertEquals(await socket("enabled", "indirect"), "enabled");
        assertEquals(await socket("disabled", "indirect-and-enabled"), "disabled");
        const starts = async (name: string) =>
          (await shell(`ls /etc/rc3.d | grep S..${name}$`)).trim();
        assertStringIncludes(await starts("t-enabled-generated"), "S");
        assertEquals(await starts("t-disabled-generated-and-enabled"), "");
        assertEquals(
          await property("t-disabled-linked-and-enabled.service", "LoadState"),
          "loaded",
        );
      });
    } finally {
      await removeAll("t-");
    }
  },
});
