/**
 * What can be said of the code without running it.
 *
 * @module
 */

/** Of `src` as a folder only what has a configuration of its own would be looked at. */
const SOURCES = ["main.ts", "src/**/*.ts", "scripts", "tests"];

/** Deno's arguments for each check. */
export const STATIC_CHECKS: Record<string, readonly string[]> = {
  "types": ["check", "--quiet", "--frozen", ...SOURCES],
  "lint": ["lint", "--quiet", ...SOURCES],
  "format": ["fmt", "--check"],
};

/** Runs one; gives whether all is well, and what it said. */
export async function runCheck(
  args: readonly string[],
): Promise<{ success: boolean; output: string }> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: "null",
  }).output();
  return {
    success,
    output: [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join(""),
  };
}
