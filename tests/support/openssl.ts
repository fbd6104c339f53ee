/** The program openssl, as a second opinion on what the program's own certificates are. */

/** Runs it; all that it printed, and how it ended. */
export async function openssl(
  ...args: readonly string[]
): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command("openssl", { args: [...args] }).output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}
