import { folderOf, kindFolderOf, pathInProject, resolveImport } from "./place.ts";

/** What knows the machine. Who decides what should be true sees its types, and is handed the rest. */
const MACHINE = "os systemd packages host";
const EVERYTHING =
  `base std graph ${MACHINE} facts program kind secrets trust resources lang engine cluster etcd report journal control`;

/** The folders that a folder may import from, besides itself; `type` where only their types. */
const MAY_IMPORT: Record<string, Record<string, "all" | "type">> = {
  base: {},
  std: {},
  graph: everythingOf("base std"),
  os: everythingOf("base std"),
  systemd: everythingOf("base std os"),
  packages: everythingOf("base std os systemd"),
  facts: everythingOf("base std os"),
  program: { ...everythingOf("base std"), ...typesOf("os facts") },
  host: everythingOf("base std os systemd packages"),
  kind: { ...everythingOf("base std"), ...typesOf(MACHINE) },
  secrets: { ...everythingOf("base std kind"), ...typesOf(MACHINE) },
  trust: { ...everythingOf("base std secrets"), ...typesOf("os") },
  ...sameFor(["resources", "lang", "engine"], {
    ...everythingOf("base std graph kind"),
    ...typesOf(MACHINE),
  }),
  cluster: { ...everythingOf("base std graph kind trust"), ...typesOf(MACHINE) },
  etcd: everythingOf("base std os trust cluster"),
  report: { ...everythingOf("base std graph"), ...typesOf("kind engine cluster") },
  journal: { ...everythingOf("base std os report"), ...typesOf("engine") },
  control: {
    ...everythingOf("base std graph report"),
    ...typesOf("os kind engine cluster journal"),
  },
  web: { ...everythingOf("base std os report journal control"), ...typesOf("engine") },
  app: everythingOf(`${EVERYTHING} web`),
  cli: everythingOf(`${EVERYTHING} web app`),
  "main.ts": everythingOf("base os program cli"),
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

/** Folders that the rest of theirs knows nothing of. */
const APART = ["src/lang/yaml/", "src/web/page/"];

/** The folder of a file's own that it may not know. */
function apartFrom(path: string | undefined, target: string | undefined): string | undefined {
  return APART.find((apart) => target?.startsWith(apart) && !path?.startsWith(apart));
}

type Importing =
  | Deno.lint.ImportDeclaration
  | Deno.lint.ExportNamedDeclaration
  | Deno.lint.ExportAllDeclaration
  | Deno.lint.ImportExpression
  | Deno.lint.TSImportType;

/** What only scripts and tests use: stand-ins of tests, and whatever is not in src/. */
const NOT_SHIPPED = /^(@std\/(assert|fs|testing)\b|tests\/|scripts\/)/;

/** Holds the order of the folders: who may import whom. */
export const importDirection: Deno.lint.Rule = {
  create(context) {
    const path = pathInProject(context.filename);
    const folder = folderOf(path);
    if (folder === undefined) return {};
    return onImports(context, (node, target, onlyTypes, specifier) => {
      if (NOT_SHIPPED.test(target ?? specifier)) {
        context.report({ node, message: "the program imports nothing of tests or scripts" });
      }
      const other = folderOf(target);
      if (other === undefined) return;
      const apart = other === folder ? apartFrom(path, target) : undefined;
      if (apart !== undefined) {
        context.report({ node, message: `${folder} knows nothing of ${apart}, not even types` });
      }
      if (other === folder) return;
      const allowed = MAY_IMPORT[folder]?.[other];
      if (allowed === "all" || (allowed === "type" && onlyTypes)) return;
      const what = allowed === "type" ? "import only types" : "not import";
      context.report({ node, message: `${folder} may ${what} from ${other}` });
    });
  },
};

/** Holds that no kind knows another: what kinds have in common is in `resources/shared/`. */
export const kindsApart: Deno.lint.Rule = {
  create(context) {
    const kind = kindFolderOf(pathInProject(context.filename));
    if (kind === undefined) return {};
    return onImports(context, (node, target) => {
      const other = target?.startsWith("src/resources/") ? kindFolderOf(target) ?? "." : undefined;
      if (other === undefined || other === kind || other === SHARED) return;
      const message = kind === SHARED
        ? "what kinds share imports no kind"
        : "a kind imports of resources only itself and what kinds share";
      context.report({ node, message, hint: "move it to src/resources/shared" });
    });
  },
};

const SHARED = "shared";

/** Calls `look` for every import of a file that is a text, with the path in the project it means, and the text. */
function onImports(
  context: Deno.lint.RuleContext,
  look: (
    node: Importing,
    target: string | undefined,
    onlyTypes: boolean,
    specifier: string,
  ) => void,
): Deno.lint.LintVisitor {
  const check = (node: Importing, specifier: unknown, onlyTypes: boolean) => {
    if (typeof specifier !== "string") return;
    look(node, resolveImport(context.filename, specifier), onlyTypes, specifier);
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
}

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
