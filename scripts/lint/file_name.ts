/** Files have snake_case names. */
export const fileName: Deno.lint.Rule = {
  create(context) {
    return {
      Program(node) {
        const name = context.filename.slice(context.filename.lastIndexOf("/") + 1);
        if (/^[a-z][a-z0-9]*(_[a-z0-9]+)*\.ts$/.test(name)) return;
        context.report({ node, message: `the file name ${name} is not snake_case` });
      },
    };
  },
};
