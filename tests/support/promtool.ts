/**
 * Debian's promtool, which says whether Prometheus can read something.
 *
 * @module
 */

/** Where it is; empty: it cannot be had here, which `scripts/test` has said, too. */
export const PROMTOOL: string = Deno.env.get("MGMT_TEST_PROMTOOL") ?? "";

/** What it finds of a text, or of files: nothing, where all is right. */
export async function promtool(args: readonly string[], text = ""): Promise<string> {
  const child = new Deno.Command(PROMTOOL, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return code === 0 ? "" : said;
}
