import { folderOf, pathInProject, resolveImport } from "./place.ts";

/** What knows the machine. Who decides what should be true sees its types, and is handed the rest. */
const MACHINE = "os systemd packages host";
const EVERYTHING = `base std graph ${MACHINE} kind resources lang engine cluster etcd report`;

/** The folders that a folder may import from, besides itself; `type` where only their types. */
const MAY_IMPORT: Record<string, Record<string, "all" | "type">> = {
  base: {},
  std: {},
  graph: everythingOf("base std"),
  os: everythingOf("base std"),
  systemd: everythingOf("base std os"),
  packages: everythingOf("base std os systemd"),
  host: everythingOf("base std os systemd packages"),
  kind: { ...everythingOf("base std"), ...typesOf(MACHINE) },
  ...sameFor(["resources", "lang", "engine", "cluster"], {
    ...everythingOf("base std graph kind"),
    ...typesOf(MACHINE),
  }),
  etcd: everythingOf("base std os cluster"),
  report: { ...everythingOf("base std graph"), ...typesOf("kind engine cluster") },
  app: everythingOf(EVERYTHING),
  cli: everythingOf(`${EVERYTHING} app`),
  "main.ts": everythingOf("base os cli"),
};

function everythingOf(folders: string): Record<string, "all"> {
  return Object.fromEntries(folders.split(" ").map((folder) => [folder, "all" as const]));
}

function typesOf(folders: string): Record<string, "type"> {
  return Object.fromEntries(folders.split(" ").map((folder) => [folder, "type" as const]));
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
