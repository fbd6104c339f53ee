import { folderOf, pathInProject } from "./place.ts";

/** Who may touch the machine: folders, and files that read a file of their own or talk to a socket. */
const DOORS = [
  "main.ts",
  "src/os/",
  "src/std/",
  "src/etcd/server/",
  "src/journal/sqlite.ts",
  "src/packages/dnf/rpm_facts.ts",
  "src/packages/lock_wait.ts",
  "src/packages/owned_paths.ts",
  "src/packages/packagekit/dpkg.ts",
  "src/packages/packagekit/progress.ts",
  "src/packages/packagekit/term_log.ts",
  "src/program/child/main.ts",
  "src/program/child/realm.ts",
  "src/resources/known_host/hashed_name.ts",
  "src/secrets/sha512_crypt.ts",
  "src/systemd/install_section.ts",
  "src/systemd/journal_socket.ts",
  "src/systemd/service_notify.ts",
  "src/systemd/unit_disk.ts",
  "src/systemd/unit_files.ts",
  "src/web/page/agent_api.ts",
  "src/web/page/graph/drawing.ts",
];

/** Globals that nobody else may name. */
const GLOBALS = new Set([
  ..."Deno console fetch performance setTimeout setInterval setImmediate clearTimeout".split(" "),
  ..."clearInterval WebSocket Worker alert confirm prompt localStorage Temporal".split(" "),
]);

/** Members of other globals that nobody else may use. */
const MEMBERS = new Set([
  "AbortSignal.timeout",
  "Date.now",
  "Math.random",
  "crypto.getRandomValues",
  "crypto.randomUUID",
]);

/** Modules of Node that touch nothing. */
const PURE_MODULES = new Set(["node:path", "node:path/posix", "node:buffer"]);

/** Parents in which an identifier is the name of a member, and which child that is. */
const MEMBER_NAMES: Record<string, string> = {
  MemberExpression: "property",
  Property: "key",
  MethodDefinition: "key",
  PropertyDefinition: "key",
  TSPropertySignature: "key",
  TSMethodSignature: "key",
  ImportSpecifier: "imported",
};

/** Holds that only `os` touches the machine: files, processes, clocks, chance, network, screen. */
export const oneDoor: Deno.lint.Rule = {
  create(context) {
    const path = pathInProject(context.filename);
    if (folderOf(path) === undefined || DOORS.some((door) => path?.startsWith(door))) return {};
    let last = -1; // `{ fetch }` is two identifiers at one place
    const report = (node: Deno.lint.Node, name: string) => {
      if (node.range[0] === last) return;
      last = node.range[0];
      const hint = "take it from the Host that is passed in";
      context.report({ node, message: `${name} outside of src/os`, hint });
    };
    return {
      Identifier(node) {
        if (GLOBALS.has(node.name) && !isMemberName(node)) report(node, node.name);
      },
      MemberExpression(node) {
        const name = memberName(node);
        if (MEMBERS.has(name)) report(node, name);
        if (name.startsWith("globalThis.")) report(node, name);
      },
      NewExpression(node) {
        if (isNamed(node.callee, "Date") && node.arguments.length === 0) report(node, "new Date()");
      },
      CallExpression(node) {
        if (isNamed(node.callee, "Date")) report(node, "Date()");
      },
      ImportDeclaration(node) {
        const module = node.source.value;
        if (module.startsWith("node:") && !PURE_MODULES.has(module)) report(node, module);
      },
    };
  },
};

/** The folder whose files call the C library; `src/ARCHITECTURE.md` says why. */
const NATIVE = "src/os/native/";

/** Keeps native code out of all other files: what revokes its permissions must not get round them. */
export const noNativeCode: Deno.lint.Rule = {
  create(context) {
    if (pathInProject(context.filename)?.startsWith(NATIVE)) return {};
    return {
      MemberExpression(node) {
        const name = memberName(node);
        if (!/^Deno\.(dlopen|Unsafe)|^process\.dlopen/.test(name)) return;
        context.report({
          node,
          message: `${name} calls native code, which only ${NATIVE} does`,
        });
      },
    };
  },
};

function memberName(node: Deno.lint.MemberExpression): string {
  const { object, property } = node;
  if (object.type !== "Identifier") return "";
  if (property.type === "Identifier" && !node.computed) return `${object.name}.${property.name}`;
  return property.type === "Literal" ? `${object.name}.${property.value}` : `${object.name}.`;
}

function isNamed(node: Deno.lint.Node, name: string): boolean {
  return node.type === "Identifier" && node.name === name;
}

function isMemberName(node: Deno.lint.Identifier): boolean {
  const parent = node.parent as unknown as Record<string, unknown> & { type: string };
  const child = MEMBER_NAMES[parent.type];
  if (child === undefined || parent["computed"] === true) return false;
  return isSame(parent[child], node) && !isShorthand(parent);
}

function isShorthand(parent: Record<string, unknown> & { type: string }): boolean {
  return parent.type === "Property" && parent["shorthand"] === true;
}

function isSame(child: unknown, node: Deno.lint.Identifier): boolean {
  const other = child as Deno.lint.Identifier;
  return other.range[0] === node.range[0] && other.range[1] === node.range[1];
}
