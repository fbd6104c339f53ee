import { folderOf, pathInProject } from "./place.ts";

/** The module of addresses, what people write, and what is no address of a host: pages, requests. */
const READERS = [
  "src/base/address.ts",
  "src/cluster/store/urls.ts",
  "src/os/network/download/",
  "src/os/network/http2.ts",
  "src/os/network/listen/request.ts",
  "src/resources/download/",
  "src/resources/git/",
  "src/resources/probe/",
];

/** Holds that addresses are taken apart and put together in one place, so that a scheme is nowhere forgotten. */
export const oneAddress: Deno.lint.Rule = {
  create(context) {
    const path = pathInProject(context.filename);
    if (folderOf(path) === undefined || READERS.some((one) => path?.startsWith(one))) return {};
    const report = (node: Deno.lint.Node) =>
      context.report({
        node,
        message: "an address as a text that is taken apart or put together",
        hint: "take an Address and the functions of src/base/address.ts",
      });
    return {
      NewExpression(node) {
        if (node.callee.type === "Identifier" && node.callee.name === "URL") report(node);
      },
      TemplateLiteral(node) {
        if (/^https?:\/\/$/.test(node.quasis[0]?.cooked ?? "")) report(node);
      },
    };
  },
};
