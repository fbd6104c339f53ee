import { folderOf, pathInProject } from "./place.ts";

/**
 * Holds that every program is started detached: only then does the runtime wait until the child has
 * given back what it inherited; `src/ARCHITECTURE.md` ("No child keeps a writer") says what for.
 */
export const detached: Deno.lint.Rule = {
  create(context) {
    if (folderOf(pathInProject(context.filename)) === undefined) return {};
    const started = new Set<string>();
    function look(node: Deno.lint.NewExpression | Deno.lint.CallExpression): void {
      const options = node.arguments.at(-1);
      const properties = options?.type === "ObjectExpression" ? options.properties : [];
      if (properties.some(isDetached)) return;
      context.report({
        node,
        message: "a program that is not started detached may keep what is open for writing",
        hint: "write detached: true into the options",
      });
    }
    return {
      ImportDeclaration(node) {
        if (node.source.value !== "node:child_process") return;
        for (const { local } of node.specifiers) {
          if (/^[a-z]/.test(local.name)) started.add(local.name);
        }
      },
      NewExpression(node) {
        const { callee } = node;
        if (callee.type !== "MemberExpression" || callee.object.type !== "Identifier") return;
        if (callee.property.type !== "Identifier") return;
        if (callee.object.name === "Deno" && callee.property.name === "Command") look(node);
      },
      CallExpression(node) {
        if (node.callee.type === "Identifier" && started.has(node.callee.name)) look(node);
      },
    };
  },
};

function isDetached(property: Deno.lint.ObjectExpression["properties"][number]): boolean {
  return property.type === "Property" && property.key.type === "Identifier" &&
    property.key.name === "detached" && property.value.type === "Literal" &&
    property.value.value === true;
}
