/**
 * Small local packages, served from a directory as the host's only apt repository, so that nothing
 * depends on the network. Only for test hosts: it replaces the host's sources.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { join } from "node:path";

/** A package to build. */
export interface TestPackage {
  readonly name: string;
  readonly version: string;
  /** As in a control file: `base, library (>= 2)`. */
  readonly depends?: string;
  readonly conflicts?: string;
  /** `main` unless said; `contrib` and `non-free` are what they are in Debian. */
  readonly component?: Component;
  readonly essential?: boolean;
  /** Files beside `/usr/share/NAME/version`, by absolute path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Files that the administrator may change. */
  readonly conffiles?: readonly string[];
  /** Shell texts that dpkg runs: `exit 1` fails, `sleep 3` is slow. */
  readonly postinst?: string;
  readonly prerm?: string;
}

export type Component = "main" | "contrib" | "non-free";

export interface RepositoryOptions {
  /** False: as from a source that nobody has signed. */
  readonly trusted?: boolean;
  /** What the source says it is. */
  readonly origin?: string;
}

const COMPONENTS: readonly Component[] = ["main", "contrib", "non-free"];
const SUITE = "stable";
const ARCHITECTURE = "amd64";
/** A third of what an installation takes is a log of what it was planned from, which nobody reads here. */
const WITHOUT_PLANNER_LOG = 'Dir::Log::Planner "";\n';
/** Has apt start Perl before each installation, to ask what none of these packages asks. */
export const DEBCONF_HOOK = "/etc/apt/apt.conf.d/70debconf";
/** Where it is then. */
export const DEBCONF_AWAY = "/etc/apt/70debconf";

/** A directory of packages that apt and PackageKit take for a repository. */
export class AptRepository {
  readonly #directory: string;
  readonly #trusted: boolean;
  readonly #origin: string;
  readonly #stanzas = new Map<string, { component: Component; text: string }>();

  constructor(directory: string, { trusted = true, origin = "Debian" }: RepositoryOptions = {}) {
    this.#directory = directory;
    this.#trusted = trusted;
    this.#origin = origin;
  }

  /** Builds packages and offers them to whoever next fetches the lists. */
  async offer(...packages: readonly TestPackage[]): Promise<void> {
    await Deno.mkdir(join(this.#directory, "pool"), { recursive: true });
    for (const wanted of packages) {
      const { component = "main" } = wanted;
      const file = `pool/${wanted.name}_${wanted.version.replaceAll(":", "%3a")}_all.deb`;
      await buildPackage(wanted, join(this.#directory, file));
      const text = await this.#stanza(wanted, file);
      this.#stanzas.set(`${wanted.name} ${wanted.version}`, { component, text });
    }
    await this.#publish();
  }

  /** Offers a version no more: the lists lose it. */
  async withdraw(name: string, version: string): Promise<void> {
    this.#stanzas.delete(`${name} ${version}`);
    await this.#publish();
  }

  /** The package's file, for a test that takes it away behind the lists' back. */
  file(name: string, version: string): string {
    return join(this.#directory, `pool/${name}_${version.replaceAll(":", "%3a")}_all.deb`);
  }

  /**
   * Makes it a source of this host; by default the only one. Fetches the lists unless told not to.
   * `place`: where it is served, if that is not simply its directory.
   */
  async use({ only = true, fetch = true, place = `file:${this.#directory}` } = {}): Promise<void> {
    if (Deno.env.get("MGMT_ON_TEST_HOST") !== "1") {
      throw new Error("an AptRepository replaces the sources of the host it is used on");
    }
    if (only) {
      await Deno.writeTextFile("/etc/apt/apt.conf.d/99-test", WITHOUT_PLANNER_LOG);
      await run("sh", [
        "-c",
        // What images for containers set: apt and PackageKit then read all lists each time.
        "rm -rf /etc/apt/apt.conf.d/docker-*; systemctl reset-failed packagekit; " +
        `[ ! -e ${DEBCONF_HOOK} ] || mv ${DEBCONF_HOOK} ${DEBCONF_AWAY}; ` +
        "systemctl try-restart packagekit && " +
        "rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /var/lib/apt/lists/*",
      ]);
    }
    const trust = this.#trusted ? "[trusted=yes] " : "[allow-insecure=yes] ";
    const line = `deb ${trust}${place} ${SUITE} ${COMPONENTS.join(" ")}\n`;
    const name = this.#directory.replaceAll("/", "-").slice(1);
    await Deno.mkdir("/etc/apt/sources.list.d", { recursive: true });
    await Deno.writeTextFile(`/etc/apt/sources.list.d/${name}.list`, line);
    if (fetch) await run("apt-get", ["update"]);
  }

  async #stanza({ name, version }: TestPackage, file: string): Promise<string> {
    const path = join(this.#directory, file);
    const control = await run("dpkg-deb", ["-f", path]);
    const bytes = await Deno.readFile(path);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    if (!control.includes(`Version: ${version}`)) throw new Error(`${name}: ${control}`);
    return `${control.trim()}\nFilename: ${file}\nSize: ${bytes.length}\nSHA256: ${sha256}\n`;
  }

  async #publish(): Promise<void> {
    const top = join(this.#directory, "dists", SUITE);
    const sums: string[] = [];
    for (const component of COMPONENTS) {
      const path = `${component}/binary-${ARCHITECTURE}/Packages`;
      const text = [...this.#stanzas.values()].filter((each) => each.component === component)
        .map((each) => each.text).join("\n");
      const bytes = new TextEncoder().encode(text);
      await Deno.mkdir(join(top, component, `binary-${ARCHITECTURE}`), { recursive: true });
      await Deno.writeFile(join(top, path), bytes);
      sums.push(` ${createHash("sha256").update(bytes).digest("hex")} ${bytes.length} ${path}`);
    }
    await Deno.writeTextFile(
      join(top, "Release"),
      [
        `Origin: ${this.#origin}`,
        `Label: ${this.#origin}`,
        `Suite: ${SUITE}`,
        `Codename: ${SUITE}`,
        `Date: ${new Date().toUTCString().replace("GMT", "UTC")}`,
        `Architectures: ${ARCHITECTURE} all`,
        `Components: ${COMPONENTS.join(" ")}`,
        "SHA256:",
        ...sums,
        "",
      ].join("\n"),
    );
  }
}

async function buildPackage(wanted: TestPackage, target: string): Promise<void> {
  const { name, version } = wanted;
  const directory = await Deno.makeTempDir({ prefix: "mgmt-deb-" });
  try {
    // The temporary directory is its owner's alone; what is packed from it is everybody's.
    await Deno.chmod(directory, 0o755);
    const files = { [`/usr/share/${name}/version`]: `${version}\n`, ...wanted.files };
    for (const [path, content] of Object.entries(files)) {
      await Deno.mkdir(join(directory, path, ".."), { recursive: true });
      await Deno.writeTextFile(join(directory, path), content);
    }
    await Deno.mkdir(join(directory, "DEBIAN"));
    await Deno.writeTextFile(join(directory, "DEBIAN/control"), controlOf(wanted));
    if (wanted.conffiles !== undefined) {
      await Deno.writeTextFile(
        join(directory, "DEBIAN/conffiles"),
        wanted.conffiles.map((path) => `${path}\n`).join(""),
      );
    }
    for (const script of ["postinst", "prerm"] as const) {
      const text = wanted[script];
      if (text === undefined) continue;
      const path = join(directory, "DEBIAN", script);
      await Deno.writeTextFile(path, `#!/bin/sh\n${text}\n`);
      await Deno.chmod(path, 0o755);
    }
    await run("dpkg-deb", ["-Znone", "--root-owner-group", "--build", directory, target]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function controlOf(wanted: TestPackage): string {
  const { name, version, component = "main" } = wanted;
  const fields: Record<string, string | undefined> = {
    Package: name,
    Version: version,
    Architecture: "all",
    Maintainer: "nobody <nobody@localhost>",
    Section: component === "main" ? "misc" : `${component}/misc`,
    Priority: "optional",
    Essential: wanted.essential ? "yes" : undefined,
    Depends: wanted.depends,
    Conflicts: wanted.conflicts,
    Description: `${name} ${version} of a test`,
  };
  return Object.entries(fields).filter(([, value]) => value !== undefined)
    .map(([field, value]) => `${field}: ${value}\n`).join("");
}

/** Runs a command that must succeed, and returns what it printed. */
async function run(command: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    env: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" },
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (code === 0) return text;
  const complaint = new TextDecoder().decode(stderr);
  throw new Error(`${command} ${args.join(" ")} exited with ${code}: ${text}${complaint}`);
}

/** The version of a package that is installed, as dpkg sees it. */
export async function installedVersion(name: string): Promise<string | undefined> {
  const { stdout } = await new Deno.Command("dpkg-query", {
    args: ["-W", "-f", "${db:Status-Abbrev} ${Version}", name],
    stderr: "null",
  }).output();
  const [status, version] = new TextDecoder().decode(stdout).split(/ +/);
  return status === "ii" || status === "hi" ? version : undefined;
}

/** What dpkg finds wrong with its database; nothing when all is well. */
export async function audit(): Promise<string> {
  return await run("dpkg", ["--audit"]);
}
