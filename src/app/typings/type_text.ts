/**
 * The types of fields as TypeScript writes them, from their schemas.
 *
 * @module
 */

import type { ZodMiniType } from "zod/mini";

/** What a schema of the library says of itself, as far as fields have it. */
type Definition =
  | { readonly type: "string" | "number" | "boolean" | "unknown" | "custom" | "lazy" }
  | { readonly type: "enum"; readonly entries: Readonly<Record<string, string>> }
  | { readonly type: "literal"; readonly values: readonly unknown[] }
  | { readonly type: "union"; readonly options: readonly ZodMiniType[] }
  | { readonly type: "array"; readonly element: ZodMiniType }
  | { readonly type: "record"; readonly valueType: ZodMiniType }
  | { readonly type: "optional"; readonly innerType: ZodMiniType }
  | { readonly type: "object"; readonly shape: Readonly<Record<string, ZodMiniType>> };

/**
 * The type of a field as TypeScript writes it, for instance `"exists" | "absent"`. `text`: the type of its texts,
 * where these may be more than strings.
 */
export function typeText(schema: ZodMiniType, text = "string"): string {
  const definition = schema._zod.def as Definition;
  switch (definition.type) {
    case "string":
      return text;
    case "number":
    case "boolean":
      return definition.type;
    // What is not looked at here goes through JSON.
    case "unknown":
      return "JsonValue";
    // Only values of JSON are described by themselves.
    case "lazy":
      return unionText([...text.split(" | ").filter((each) => each !== "string"), "JsonValue"]);
    // The only class that fields have is for bytes, which a program has no way to come by.
    case "custom":
      return "never";
    case "enum":
      return Object.values(definition.entries).map((word) => JSON.stringify(word)).join(" | ");
    case "literal":
      return literals(definition.values);
    case "union":
      return unionText(definition.options.map((option) => typeText(option, text)));
    case "array":
      return `readonly ${inParentheses(typeText(definition.element, text))}[]`;
    case "record":
      return `{ readonly [name: string]: ${typeText(definition.valueType, text)} }`;
    case "optional":
      return typeText(definition.innerType, text);
    case "object":
      return `{ ${
        Object.entries(definition.shape).map(([name, part]) => {
          const mark = (part._zod.def as Definition).type === "optional" ? "?" : "";
          return `readonly ${name}${mark}: ${typeText(part, text)}`;
        }).join("; ")
      } }`;
    default:
      throw new TypeError(`no type is known for a schema of ${JSON.stringify(definition)}`);
  }
}

/** Infinity and the like are numbers to TypeScript. */
function literals(values: readonly unknown[]): string {
  return unionText(
    values.map((value) =>
      typeof value === "number" && !Number.isFinite(value) ? "number" : JSON.stringify(value)
    ),
  );
}

function unionText(types: readonly string[]): string {
  return [...new Set(types)].filter((type) => type !== "never").join(" | ");
}

function inParentheses(type: string): string {
  return type.includes(" | ") ? `(${type})` : type;
}
