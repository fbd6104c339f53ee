import { parse as parseToml } from "smol-toml";
import type { JsonValue } from "../../base/input.ts";
import { parseExactJson } from "../../base/json.ts";
import { fail, ok, reasonOf, type Result } from "../../base/result.ts";
import { lostNumber } from "../../lang/document.ts";
import { readDocument } from "../../lang/yaml/document.ts";

/** What a file of data says: YAML or JSON by its name, or TOML. */
export async function parseData(text: string, path: string): Promise<Result<JsonValue>> {
  if (path.endsWith(".toml")) return parsed(path, () => plain(parseToml(text)));
  if (path.endsWith(".json")) {
    const read = parseExactJson(text);
    return read.ok ? read : fail(`${path}: ${read.failure.message}`);
  }
  if (!/\.ya?ml$/.test(path)) {
    return fail(`${path} is no file of data`, {
      hint: "data() reads *.yaml, *.yml, *.json and *.toml; read() gives the text of any file",
    });
  }
  const read = await readDocument(text, { file: path });
  const mistakes = read.ok ? read.document.mistakes ?? [] : read.diagnostics;
  const [first] = mistakes;
  if (first !== undefined) {
    const place = first.line === undefined ? path : `${path}:${first.line}:${first.column ?? 1}`;
    return fail(`${place}: ${first.message}`);
  }
  const lost = read.ok ? lostNumber(read.document) : undefined;
  if (lost !== undefined) return fail(`${path}: ${lost}`);
  return read.ok ? parsed(path, () => plain(read.document.value)) : fail(`${path} cannot be read`);
}

function parsed(path: string, parse: () => JsonValue): Result<JsonValue> {
  try {
    return ok(parse());
  } catch (thrown) {
    return fail(`${path}: ${reasonOf(thrown).split("\n")[0]}`);
  }
}

/** What JSON can say of it: dates as their texts. */
function plain(value: unknown): JsonValue {
  const text = JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each === "number" && !Number.isFinite(each)) {
      throw new RangeError(`${each} is no number that a program can have`);
    }
    return typeof each === "bigint" ? Number(each) : each;
  });
  return text === undefined ? null : JSON.parse(text) as JsonValue;
}
