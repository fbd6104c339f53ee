/** The program's own executable, absolute; undefined where it runs from its source. */
export function ownExecutable(): string | undefined {
  return Deno.build.standalone ? Deno.execPath() : undefined;
}
