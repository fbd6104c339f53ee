/**
 * The project's own lint rules.
 *
 * @module
 */

import { detached } from "./detached.ts";
import { fileName } from "./file_name.ts";
import { importDirection, kindsApart, lazyImport } from "./import_direction.ts";
import { noHtml } from "./no_html.ts";
import { oneAddress } from "./one_address.ts";
import { noNativeCode, oneDoor } from "./one_door.ts";

const plugin: Deno.lint.Plugin = {
  name: "mgmt",
  rules: {
    detached,
    "file-name": fileName,
    "import-direction": importDirection,
    "kinds-apart": kindsApart,
    "lazy-import": lazyImport,
    "no-html": noHtml,
    "no-native-code": noNativeCode,
    "one-address": oneAddress,
    "one-door": oneDoor,
  },
};

export default plugin;
