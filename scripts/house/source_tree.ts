/**
 * The files of src/ as syntax trees, and which imports which.
 *
 * @module
 */

import { walkSync } from "@std/fs";
import { dirname, join, normalize } from "node:path";
import ts from "typescript";

/** One file. */
export interface SourceFile {
  /** Its path from the project's root. */
  readonly path: string;
  readonly lines: number;
  readonly tree: ts.SourceFile;
  /** Files of the project that it imports, with what it takes of each; `*` where that is all. */
  readonly imports: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Reads all files of some folders and files of the project.
 *
 * @param root The project's root, with a slash at its end.
 * @param places Paths from there.
 */
export function readSources(root: string, ...places: string[]): ReadonlyMap<string, SourceFile> {
  const files = new Map<string, SourceFile>();
  for (const path of places.flatMap((place) => pathsBelow(root, place))) {
    files.set(path, readSource(path, Deno.readTextFileSync(root + path)));
  }
  return files;
}

/** One file from its text. */
export function readSource(path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const lines = text.split("\n").length - 1;
  return { path, lines, tree, imports: importsOf(path, tree) };
}

function pathsBelow(root: string, place: string): string[] {
  if (place.endsWith(".ts")) return [place];
  const files = walkSync(root + place, { includeDirs: false, exts: ["ts"] });
  return [...files].map(({ path }) => path.slice(root.length));
}

function importsOf(path: string, tree: ts.SourceFile): Map<string, Set<string>> {
  const imports = new Map<string, Set<string>>();
  const add = (specifier: ts.Node | undefined, names: readonly string[]) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    if (!specifier.text.startsWith(".")) return;
    const target = normalize(join(dirname(path), specifier.text));
    const taken = imports.get(target) ?? new Set();
    for (const name of names) taken.add(name);
    imports.set(target, taken);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, importedNames(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, reexportedNames(node));
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], destructuredNames(node));
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, ["*"]);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return imports;
}

function importedNames(clause: ts.ImportClause | undefined): string[] {
  const bindings = clause?.namedBindings;
  const named = bindings === undefined
    ? []
    : ts.isNamespaceImport(bindings)
    ? ["*"]
    : bindings.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
  return clause?.name === undefined ? named : ["default", ...named];
}

function reexportedNames({ exportClause }: ts.ExportDeclaration): string[] {
  if (exportClause === undefined || !ts.isNamedExports(exportClause)) return ["*"];
  return exportClause.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
}

/** What is taken at once of a lazy import: `const { x } = await import("…")`. */
function destructuredNames(call: ts.CallExpression): string[] {
  const { parent } = call.parent;
  if (!ts.isAwaitExpression(call.parent)) return ["*"];
  if (ts.isParenthesizedExpression(parent) && ts.isPropertyAccessExpression(parent.parent)) {
    return [parent.parent.name.text];
  }
  if (!ts.isVariableDeclaration(parent) || !ts.isObjectBindingPattern(parent.name)) return ["*"];
  return parent.name.elements.map(({ name, propertyName }) => (propertyName ?? name).getText());
}
