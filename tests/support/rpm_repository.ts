/**
 * Small local rpm packages in a directory that is the only source of the host's dnf. Only for test
 * hosts, on which it first installs Debian's dnf, rpm and createrepo_c.
 *
 * @module
 */

import { join } from "node:path";

/** A package to build. */
export interface TestRpm {
  readonly name: string;
  /** `VERSION-RELEASE`, with `EPOCH:` before it where there is one. */
  readonly version: string;
  readonly requires?: string;
  readonly conflicts?: string;
  /** Shell texts: what runs before and after it is installed, and before it is removed. */
  readonly pre?: string;
  readonly post?: string;
  readonly preun?: string;
  /** A path that it offers beside `/usr/share/NAME/version`. */
  readonly provides?: string;
  /** So many bytes in `/usr/share/NAME/large`. */
  readonly bytes?: number;
}

const SOURCES = "/etc/yum.repos.d";
const BUILD = "/var/tmp/mgmt-rpm";

/** Installs what the tests need from the files that `scripts/test` has fetched. */
export async function installDnf(): Promise<void> {
  if (Deno.env.get("MGMT_ON_TEST_HOST") !== "1") throw new Error("this is no test host");
  const files = join(Deno.env.get("MGMT_CACHE") ?? `${Deno.env.get("HOME")}/.cache/mgmt`, "dnf");
  // What else is installed here would read all manuals anew.
  await Deno.writeTextFile("/var/lib/dpkg/triggers/File", "");
  await run("apt-get", [
    ..."install -y -q --no-install-recommends --no-download".split(" "),
    ...["-o", `Dir::Cache::Archives=${files}`],
    ...["dnf", "rpm", "createrepo-c"],
  ]);
  await Deno.mkdir("/etc/rpm", { recursive: true });
  // Debian's rpm has its database elsewhere, so that nobody takes it for the host's.
  await Deno.writeTextFile("/etc/rpm/macros", "%_dbpath /var/lib/rpm\n");
  await Deno.mkdir(SOURCES, { recursive: true });
}

/** A directory of packages that dnf takes for a repository. */
export class RpmRepository {
  readonly #directory: string;
  readonly #id: string;

  constructor(directory: string, id = "mgmt") {
    this.#directory = directory;
    this.#id = id;
  }

  /** Builds packages and offers them to whoever next fetches the lists. */
  async offer(...packages: readonly TestRpm[]): Promise<void> {
    await Deno.mkdir(BUILD, { recursive: true });
    await Deno.mkdir(this.#directory, { recursive: true });
    for (const wanted of packages) {
      const spec = join(BUILD, `${wanted.name}.spec`);
      await Deno.writeTextFile(spec, specOf(wanted));
      const define = (name: string, value: string) => ["--define", `${name} ${value}`];
      const places = [...define("_topdir", BUILD), ...define("_rpmdir", this.#directory)];
      await run("rpmbuild", ["-bb", "--quiet", ...places, spec]);
    }
    await run("createrepo_c", ["--quiet", this.#directory]);
  }

  /** Makes it a source of this host, and fetches its lists. */
  async use({ signed = false } = {}): Promise<void> {
    const text = `[${this.#id}]\nname=${this.#id}\nbaseurl=file://${this.#directory}\n` +
      `gpgcheck=${Number(signed)}\n`;
    await Deno.writeTextFile(`${SOURCES}/${this.#id}.repo`, text);
    await run("dnf", ["-q", "--refresh", "makecache"]);
  }

  /** Makes it no source any more. */
  async leave(): Promise<void> {
    await Deno.remove(`${SOURCES}/${this.#id}.repo`);
  }
}

function specOf(wanted: TestRpm): string {
  const { name, version } = wanted;
  const [, epoch, number, release] = /^(?:(\d+):)?(.+)-([^-]+)$/.exec(version) ?? [];
  const fields = {
    Name: name,
    Epoch: epoch,
    Version: number,
    Release: release,
    Summary: `${name} of a test`,
    License: "Public Domain",
    BuildArch: "noarch",
    Requires: wanted.requires,
    Conflicts: wanted.conflicts,
    Provides: wanted.provides,
  };
  const scripts = (["pre", "post", "preun"] as const).flatMap((script) => {
    const text = wanted[script];
    return text === undefined ? [] : [`%${script}\n${text}\n`];
  });
  const place = `%{buildroot}/usr/share/${name}`;
  return [
    ...Object.entries(fields).flatMap(([field, value]) =>
      value === undefined ? [] : [`${field}: ${value}`]
    ),
    "%description\nNothing.\n%install",
    `mkdir -p ${place}; echo ${version} > ${place}/version`,
    wanted.bytes === undefined ? "" : `head -c ${wanted.bytes} /dev/urandom > ${place}/large`,
    ...scripts,
    `%files\n/usr/share/${name}\n`,
  ].join("\n");
}

/** The version of a package that is installed, as rpm sees it. */
export async function installedRpm(name: string): Promise<string | undefined> {
  const { code, stdout } = await new Deno.Command("rpm", {
    args: ["-q", "--qf", "%{EVR}\n", name],
    stderr: "null",
  }).output();
  return code === 0 ? new TextDecoder().decode(stdout).trim() : undefined;
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    env: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" },
  }).output();
  if (code === 0) return;
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  throw new Error(`${command} ${args.join(" ")} exited with ${code}: ${said}`);
}
