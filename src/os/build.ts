import config from "../../deno.json" with { type: "json" };

/** `scripts/build` writes the commit here. */
const COMMIT = "@commit@";

/** What this program is, and which Deno it runs on. */
const BUILD: {
  readonly version: string;
  /** Absent in a program that runs from its source. */
  readonly commit?: string;
  readonly deno: string;
} = {
  version: config.version,
  ...(COMMIT.startsWith("@") ? {} : { commit: COMMIT }),
  deno: Deno.version.deno,
};

/** Which version it is, as a text: `0.1.0 3c3ae2b4d1f0`. */
export function buildVersion(): string {
  return `${BUILD.version} ${BUILD.commit ?? "from source"}`;
}

/** The same as one line: `mgmt 0.1.0 3c3ae2b4d1f0 (Deno 2.9.6)`. */
export function buildLine(): string {
  return `mgmt ${buildVersion()} (Deno ${BUILD.deno})`;
}

/** The processor that it was made for, as uname says it. */
export const ARCHITECTURE: string = Deno.build.arch;
