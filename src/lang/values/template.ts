/**
 * Texts with `${name}` in them.
 *
 * @module
 */

/** A part of a text: as it stands, or what is to be put in its place. */
export type TemplatePart = string | { readonly name: readonly string[]; readonly text: string };

/** A text taken apart, or what in it is no reference. */
export type Template =
  | { readonly ok: true; readonly parts: readonly TemplatePart[] }
  | { readonly ok: false; readonly wrong: string };

const NAME = /^[A-Za-z_][\w-]*(\.[\w-]+)*$/;

/** Whether a text has anything to be looked at; most have not. */
export function mayRefer(text: string): boolean {
  return text.includes("${");
}

/** Takes a text apart. `$${` is `${` as it stands. */
export function readTemplate(text: string): Template {
  const parts: TemplatePart[] = [];
  let literal = "";
  for (let at = 0; at < text.length;) {
    if (text.startsWith("$${", at)) {
      literal += "${";
      at += 3;
      continue;
    }
    if (!text.startsWith("${", at)) {
      const next = text.indexOf("$", at + 1);
      const end = next < 0 ? text.length : next;
      literal += text.slice(at, end);
      at = end;
      continue;
    }
    const end = text.indexOf("}", at);
    const written = text.slice(at, end < 0 ? undefined : end + 1);
    const name = written.slice(2, -1).trim();
    if (end < 0 || !NAME.test(name)) return { ok: false, wrong: written.split("\n", 1)[0] ?? "" };
    if (literal !== "") parts.push(literal);
    literal = "";
    parts.push({ name: name.split("."), text: name });
    at = end + 1;
  }
  if (literal !== "") parts.push(literal);
  return { ok: true, parts };
}

/** The names that a piece of a graph file refers to, as it is written there. */
export function namesIn(source: string): readonly string[] {
  return [...source.matchAll(/(\$?)\$\{\s*([\w.-]+)\s*\}/g)].flatMap(([, escape, name]) =>
    escape === "" && name !== undefined ? [name] : []
  );
}
