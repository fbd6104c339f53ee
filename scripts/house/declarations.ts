/**
 * What files declare: names that stand for two things, exports that nobody takes, functions that fit no screen.
 *
 * @module
 */

import ts from "typescript";
import type { SourceFile } from "./source_tree.ts";

/** A function that has more lines than this does not fit a screen. */
export const LONGEST_FUNCTION = 60;

/** What stands in for a package has that package's names. */
const STANDINS = "src/std/";

type Files = ReadonlyMap<string, SourceFile>;

/** Types that are declared in more than one file, each with those files: `Place: a.ts, b.ts`. */
export function namesDeclaredTwice(files: Files): string[] {
  const declared = new Map<string, string[]>();
  for (const { path, tree } of files.values()) {
    if (path.startsWith(STANDINS)) continue;
    for (const statement of tree.statements) {
      if (!isType(statement)) continue;
      const { text } = statement.name!;
      const paths = declared.get(text) ?? [];
      if (!paths.includes(path)) declared.set(text, [...paths, path]);
    }
  }
  return [...declared].filter(([, paths]) => paths.length > 1)
    .map(([name, paths]) => `${name}: ${paths.sort().join(", ")}`).sort();
}

function isType(
  node: ts.Statement,
): node is ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.ClassDeclaration {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) ||
    ts.isClassDeclaration(node) || ts.isEnumDeclaration(node);
}

/**
 * Exports of `files` that no other file takes, among `users` and themselves: `a.ts: name`. A type that its own file
 * names once more is part of what that exports.
 */
export function deadExports(files: Files, users: Files): string[] {
  const taken = new Map<string, Set<string>>();
  for (const { imports } of [...files.values(), ...users.values()]) {
    for (const [target, names] of imports) {
      taken.set(target, (taken.get(target) ?? new Set()).union(names));
    }
  }
  return [...files.values()].flatMap(({ path, tree }) => {
    if (path.startsWith(STANDINS)) return [];
    const names = taken.get(path) ?? new Set();
    if (names.has("*")) return [];
    const own = namedTypes(tree);
    return exportedNames(tree).filter((name) => !names.has(name) && !own.has(name))
      .map((name) => `${path}: ${name}`);
  }).sort();
}

/** The types that a file names in its own text. */
function namedTypes(tree: ts.SourceFile): ReadonlySet<string> {
  const named = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) {
      const name = ts.isTypeReferenceNode(node) ? node.typeName : node.expression;
      if (ts.isIdentifier(name)) named.add(name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return named;
}

function exportedNames(tree: ts.SourceFile): string[] {
  return tree.statements.flatMap((statement) => {
    if (!ts.canHaveModifiers(statement)) return [];
    const modifiers = ts.getModifiers(statement) ?? [];
    if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
    if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)) return ["default"];
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
    }
    const { name } = statement as { name?: ts.Identifier };
    return name === undefined ? [] : [name.text];
  });
}

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((each) => ts.isOmittedExpression(each) ? [] : boundNames(each.name));
}

/** Functions, methods and closures with more than {@linkcode LONGEST_FUNCTION} lines: `a.ts:12: 70 lines`. */
export function longFunctions(files: Files): string[] {
  return [...files.values()].flatMap(({ path, tree }) => {
    const long: string[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined) {
        const from = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line;
        const lines = tree.getLineAndCharacterOfPosition(node.end).line - from + 1;
        if (lines > LONGEST_FUNCTION) long.push(`${path}:${from + 1}: ${lines} lines`);
      }
      ts.forEachChild(node, visit);
    };
    visit(tree);
    return long;
  }).sort();
}
