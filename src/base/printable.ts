/** Whatever a terminal would not simply show: controls, directions of writing, odd line breaks. */
const HIDDEN =
  // deno-lint-ignore no-control-regex -- exactly those must not reach a terminal
  /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Cs}/u;

/** Text in which control characters have become visible signs, so that it is safe on a terminal. */
export function printable(text: string): string {
  return HIDDEN.test(text) ? [...text].map(visible).join("") : text;
}

/** One character as a visible sign. */
export function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0x09) return " ";
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "␡";
  return HIDDEN.test(character) ? "�" : character;
}
