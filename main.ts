import config from "./deno.json" with { type: "json" };

console.log(`mgmt ${config.version} (Deno ${Deno.version.deno})`);
