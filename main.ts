import { evaluatesProgram } from "./src/cli/evaluates_program.ts";
import { main } from "./src/cli/main.ts";
import { CHILD_WORD } from "./src/program/protocol.ts";

if (Deno.args[0] === CHILD_WORD) {
  const { openHelperDoor } = await import("./src/os/helper_door.ts");
  const { evaluateForAgent } = await import("./src/program/child/main.ts");
  await evaluateForAgent(openHelperDoor);
} else {
  if (evaluatesProgram(Deno.args)) {
    const { startAhead } = await import("./src/os/process/helper_process.ts");
    startAhead(CHILD_WORD);
  }
  Deno.exit(await main(Deno.args));
}
