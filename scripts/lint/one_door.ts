import { folderOf, pathInProject } from "./place.ts";

/** The folders that may touch the machine. */
const DOORS = ["host", "std", "main.ts"];

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
const PURE_MODULES = new Set(["node:path", "node:path/posix"]);

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

/** Holds that only `host` touches the machine: files, processes, clocks, chance, network, screen. */
export const oneDoor: Deno.lint.Rule = {
  create(context) {
    const folder = folderOf(pathInProject(context.filename));
    if (folder === undefined || DOORS.includes(folder)) return {};
    let last = -1; // `{ fetch }` is two identifiers at one place
    const report = (node: Deno.lint.Node, name: string) => {
      if (node.range[0] === last) return;
      last = node.range[0];
      const hint = "take it from the Host that is passed in";
      context.report({ node, message: `${name} outside of src/host`, hint });
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

/** The files that call the C library; `src/ARCHITECTURE.md` says why. */
const NATIVE = [
  "src/host/files/native_names.ts",
  "src/host/hub/inotify.ts",
  "src/host/native_access.ts",
  "src/host/native_datagram.ts",
  "src/host/native_limits.ts",
  "src/host/native_lstat.ts",
  "src/host/spare_memory.ts",
];

/** Keeps native code out of all other files: what revokes its permissions must not get round them. */
export const noNativeCode: Deno.lint.Rule = {
  create(context) {
    if (NATIVE.some((file) => context.filename.endsWith(`/${file}`))) return {};
    return {
      MemberExpression(node) {
        const name = memberName(node);
        if (!/^Deno\.(dlopen|Unsafe)|^process\.dlopen/.test(name)) return;
        context.report({
          node,
          message: `${name} calls native code, which only ${NATIVE.join(", ")} do`,
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
