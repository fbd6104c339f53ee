/**
 * C0 and C1 controls except the tab, the separators that some terminals take for line ends, and the
 * marks that turn the direction of writing.
 */
// deno-lint-ignore no-control-regex -- finding control characters is its purpose
const HIDDEN = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Text with control characters as escapes (`\x1b`, `\u202e`), so that it cannot steer a terminal. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
    return `\\u${code.toString(16).padStart(4, "0")}`;
  });
}
