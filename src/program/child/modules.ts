/**
 * From the modules of a user to one that the runtime can import: types are stripped, so that every line and column
 * stays, and each import is put in the place of its name, as a URL that is the module.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import { transformSync } from "@swc/wasm-typescript";
import { parse, type Token, tokTypes } from "acorn";
import { LIMITS } from "../../base/limits.ts";
import type { ProgramMistake } from "../protocol.ts";
import { MistakeError } from "./mistake.ts";

/** What is to be linked. */
export interface ModuleLinking {
  readonly entries: readonly string[];
  /** The directory that all modules must be in. */
  readonly root: string;
  /** The module that `mgmt` is. */
  readonly mgmtUrl: string;
  /** The text of a module; throws where it cannot be had, at the place that asked for it. */
  read(path: string): string;
}

/** Modules that are linked. */
export interface LinkedModules {
  /** Those of the entries, in their order. */
  readonly urls: readonly string[];
  /** Their texts as they were written, by path. */
  readonly texts: ReadonlyMap<string, string>;
}

/** An import or a re-export: where the name stands, with its quotes, and where all of it ends. */
interface Import {
  readonly specifier: string;
  readonly start: number;
  readonly end: number;
  readonly statementEnd: number;
}

/** Links all modules of a program. */
export function linkModules(linking: ModuleLinking): LinkedModules {
  const linker = new Linker(linking);
  return { urls: linking.entries.map((entry) => linker.link(entry)), texts: linker.texts };
}

class Linker {
  readonly texts = new Map<string, string>();
  readonly #linking: ModuleLinking;
  readonly #urls = new Map<string, string>();
  readonly #open: string[] = [];
  #linkedLength = 0;

  constructor(linking: ModuleLinking) {
    this.#linking = linking;
  }

  link(path: string): string {
    const known = this.#urls.get(path);
    if (known !== undefined) return known;
    const text = this.#linking.read(path);
    this.texts.set(path, text);
    this.#open.push(path);
    const code = path.endsWith(".json") ? jsonModule(text, path) : this.#linked(path, text);
    this.#open.pop();
    const url = toUrl(`${code}\n//# sourceURL=${path}`);
    this.#linkedLength += url.length;
    if (this.texts.size > LIMITS.programModules || this.#linkedLength > LIMITS.programBytes) {
      throw at(
        path,
        text,
        0,
        "these modules are too many, too large or import each other too deep",
      );
    }
    this.#urls.set(path, url);
    return url;
  }

  #linked(path: string, text: string): string {
    const code = path.endsWith(".js") ? text : stripped(path, text);
    let linked = "";
    let done = 0;
    for (const { specifier, start, end, statementEnd } of importsOf(path, code)) {
      linked += `${code.slice(done, start)}"${this.#target(path, text, { specifier, start })}";`;
      // What is imported is a module of JavaScript, whatever its attributes say it was.
      linked += code.slice(end, statementEnd).replaceAll(/[^\n]/g, "");
      done = statementEnd;
    }
    return linked + code.slice(done);
  }

  #target(
    path: string,
    text: string,
    { specifier, start }: { readonly specifier: string; readonly start: number },
  ): string {
    const refuse = (message: string, hint: string) =>
      at(path, text, start + 1, message, { hint, length: specifier.length });
    if (specifier === "mgmt") return this.#linking.mgmtUrl;
    if (!/^\.\.?\//.test(specifier)) {
      throw refuse(`"${specifier}" cannot be imported`, FROM);
    }
    const target = resolve(dirname(path), specifier);
    if (!target.startsWith(`${this.#linking.root.replace(/\/$/, "")}/`)) {
      throw refuse(`"${specifier}" is outside of the program's directory`, FROM);
    }
    if (!/\.(ts|js|json)$/.test(target) || target.endsWith(".d.ts")) {
      throw refuse(`"${specifier}" is no module: its name ends with .ts, .js or .json`, WHOLE_NAME);
    }
    if (this.#open.includes(target)) {
      const circle = [...this.#open.slice(this.#open.indexOf(target)), target];
      const names = circle.map((each) => each.slice(this.#linking.root.length + 1));
      const message = `these modules import each other: ${names.join(" → ")}`;
      throw refuse(message, "move what both need into a module of its own");
    }
    try {
      return this.link(target);
    } catch (thrown) {
      const isPlaced = !(thrown instanceof MistakeError) || thrown.mistake.frames.length > 0;
      if (isPlaced) throw thrown;
      throw refuse(thrown.mistake.message, thrown.mistake.hint ?? FROM);
    }
  }
}

const FROM = 'what can be imported: "mgmt", and modules beside the program or in directories ' +
  'there, by names such as "./modules/web.ts"';
const WHOLE_NAME = 'write all of its name, such as "./web.ts"; types are imported by import type';

/** All that a module imports, in order. Read by a parser: a lexer alone takes some divisions for texts. */
function importsOf(path: string, code: string): readonly Import[] {
  const tokens: Token[] = [];
  const imports: Import[] = [];
  try {
    const options = { ecmaVersion: "latest", sourceType: "module", onToken: tokens } as const;
    for (const statement of parse(code, options).body) {
      if (!("source" in statement) || typeof statement.source?.value !== "string") continue;
      const { value: specifier, start, end } = statement.source;
      imports.push({ specifier, start, end, statementEnd: statement.end });
    }
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    const { pos = 0 } = thrown as SyntaxError & { readonly pos?: number };
    const reason = thrown.message.replace(/ \(\d+:\d+\)$/, "");
    throw at(path, code, pos, `this is no JavaScript: ${reason}`);
  }
  refuseCalls(path, code, tokens);
  return imports;
}

/** `import(…)` and `import.meta`, wherever they stand. */
function refuseCalls(path: string, code: string, tokens: readonly Token[]): void {
  for (const [index, token] of tokens.entries()) {
    if (token.type !== tokTypes._import) continue;
    const next = tokens[index + 1];
    // A property may be called import, too.
    if (tokens[index - 1]?.type === tokTypes.dot) continue;
    if (next?.type === tokTypes.dot) {
      throw at(path, code, token.start, "import.meta is not there in a program", { length: 11 });
    }
    if (next?.type === tokTypes.parenL) {
      const message = "import() is not there in a program, which waits for nothing";
      const hint = "import the module at the top: import { … } from …";
      throw at(path, code, token.start, message, { hint, length: 6 });
    }
  }
}

function stripped(path: string, text: string): string {
  try {
    return transformSync(text, { mode: "strip-only", filename: path }).code;
  } catch (thrown) {
    throw new MistakeError(strippingMistake(path, thrown));
  }
}

/** What the stripper throws is an object with a place. */
function strippingMistake(path: string, thrown: unknown): ProgramMistake {
  const { message, code, startLine, startColumn, endLine, endColumn } = thrown as Record<
    string,
    string | number | undefined
  >;
  const frame = { path, line: Number(startLine ?? 1), column: Number(startColumn ?? 0) + 1 };
  const isUnsupported = code === "UnsupportedSyntax";
  const length = startLine === endLine ? Number(endColumn) - Number(startColumn) : 1;
  return {
    message: String(message ?? thrown).replace(" in strip-only mode", ": types are only left out"),
    frames: [frame],
    length: Math.max(1, Number.isNaN(length) ? 1 : length),
    ...(isUnsupported && { hint: NOT_ERASABLE }),
  };
}

const NOT_ERASABLE = "write it in plain JavaScript: for an enum a constant, such as " +
  'const Role = { web: "web", db: "db" } as const';

function jsonModule(text: string, path: string): string {
  try {
    JSON.parse(text);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw at(path, text, 0, `this is no JSON: ${reason}`);
  }
  return `const frozen = (value) => {
  if (typeof value !== "object" || value === null) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
};
export default frozen(JSON.parse(${JSON.stringify(text)}));`;
}

/** A mistake at an offset of a text. */
function at(
  path: string,
  text: string,
  offset: number,
  message: string,
  more: Pick<ProgramMistake, "hint" | "length"> = {},
): MistakeError {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  const column = offset - (before.lastIndexOf("\n") + 1) + 1;
  return new MistakeError({ message, frames: [{ path, line, column }], ...more });
}

function toUrl(code: string): string {
  const bytes = new TextEncoder().encode(code);
  const parts: string[] = [];
  for (let done = 0; done < bytes.length; done += PART) {
    parts.push(String.fromCharCode(...bytes.subarray(done, done + PART)));
  }
  return `data:text/javascript;base64,${btoa(parts.join(""))}`;
}

/** As many arguments as a call takes anywhere. */
const PART = 8192;
