import { folderOf, pathInProject, resolveImport } from "./place.ts";

/** The folders that a folder may import from, besides itself; `type` where only their types. */
const MAY_IMPORT: Record<string, Record<string, "all" | "type">> = {
  base: {},
  std: {},
  graph: { base: "all", std: "all" },
  host: { base: "all", std: "all" },
  kind: { base: "all", std: "all", host: "type" },
  ...sameFor(["resources", "lang", "engine", "cluster"], {
    base: "all",
    std: "all",
    graph: "all",
    kind: "all",
    host: "type",
  }),
  report: { base: "all", std: "all", graph: "all", kind: "type", engine: "type", cluster: "type" },
  app: everythingOf("base std graph host kind resources lang engine cluster report"),
  cli: everythingOf("base std graph host kind resources lang engine cluster report app"),
  "main.ts": everythingOf("base host cli"),
};

function everythingOf(folders: string): Record<string, "all"> {
  return Object.fromEntries(folders.split(" ").map((folder) => [folder, "all" as const]));
}

function sameFor<T>(folders: readonly string[], value: T): Record<string, T> {
  return Object.fromEntries(folders.map((folder) => [folder, value]));
}

type Importing =
  | Deno.lint.ImportDeclaration
  | Deno.lint.ExportNamedDeclaration
  | Deno.lint.ExportAllDeclaration
  | Deno.lint.ImportExpression
  | Deno.lint.TSImportType;

/** Holds the order of the folders: who may import whom. */
export const importDirection: Deno.lint.Rule = {
  create(context) {
    const folder = folderOf(pathInProject(context.filename));
    if (folder === undefined) return {};
    const check = (node: Importing, specifier: unknown, onlyTypes: boolean) => {
      if (typeof specifier !== "string") return;
      const target = folderOf(resolveImport(context.filename, specifier));
      if (target === undefined || target === folder) return;
      const allowed = MAY_IMPORT[folder]?.[target];
      if (allowed === "all" || (allowed === "type" && onlyTypes)) return;
      const what = allowed === "type" ? "import only types" : "not import";
      context.report({ node, message: `${folder} may ${what} from ${target}` });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source.value, node.importKind === "type"),
      ExportAllDeclaration: (node) => check(node, node.source.value, node.exportKind === "type"),
      ExportNamedDeclaration: (node) => check(node, node.source?.value, node.exportKind === "type"),
      ImportExpression: (node) =>
        check(node, node.source.type === "Literal" ? node.source.value : undefined, false),
      TSImportType: (node) =>
        check(node, context.sourceCode.getText(node.argument).slice(1, -1), true),
    };
  },
};

/**
 * A lazy import names a file of ours, which imports the package: the bundler gives each such file one
 * chunk, but of a CommonJS package imported lazily it keeps only the default export.
 */
export const lazyImport: Deno.lint.Rule = {
  create(context) {
    if (folderOf(pathInProject(context.filename)) === undefined) return {};
    return {
      ImportExpression(node) {
        const { source } = node;
        if (source.type === "Literal" && String(source.value).startsWith(".")) return;
        const message = "a lazy import names a file of ours with a literal path";
        context.report({ node, message, hint: "import the package in that file" });
      },
    };
  },
};
