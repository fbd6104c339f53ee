import { buildLine } from "./src/host/build.ts";

console.log(buildLine());
