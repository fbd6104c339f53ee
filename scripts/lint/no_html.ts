import { pathInProject } from "./place.ts";

/** The code that browsers run. */
const PAGE = "src/web/page/";

/** Names with which a text becomes markup or code. */
const MAKES_MARKUP = new Set([
  ..."innerHTML outerHTML insertAdjacentHTML dangerouslySetInnerHTML srcdoc DOMParser eval".split(
    " ",
  ),
  ..."createContextualFragment setHTMLUnsafe parseHTMLUnsafe parseFromString Function".split(" "),
]);

/** Holds that what a host says is never markup on the page: text is the only way in. */
export const noHtml: Deno.lint.Rule = {
  create(context) {
    if (!pathInProject(context.filename)?.startsWith(PAGE)) return {};
    const report = (node: Deno.lint.Node, name: string) =>
      context.report({ node, message: `${name} makes markup or code of a text`, hint: "set text" });
    return {
      Identifier(node) {
        if (MAKES_MARKUP.has(node.name)) report(node, node.name);
      },
      Literal(node) {
        if (typeof node.value === "string" && MAKES_MARKUP.has(node.value)) {
          report(node, node.value);
        }
      },
      MemberExpression(node) {
        const { object, property } = node;
        if (object.type !== "Identifier" || object.name !== "document") return;
        if (property.type === "Identifier" && /^write(ln)?$/.test(property.name)) {
          report(node, `document.${property.name}`);
        }
      },
    };
  },
};
