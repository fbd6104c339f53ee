import config from "./deno.json" with { type: "json" };

/** `scripts/build` writes the commit here. */
const COMMIT = "@commit@";

const commit = COMMIT.startsWith("@") ? "" : ` ${COMMIT}`;
console.log(`mgmt ${config.version}${commit} (Deno ${Deno.version.deno})`);
