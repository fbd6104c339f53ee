import { suggestion } from "../args.ts";
import type { Command } from "../command.ts";
import { commandHelp, overview } from "../help.ts";

/** Explains the commands. */
export const help: Command = {
  name: "help",
  summary: "explain the commands, or one of them",
  usage: ["[COMMAND]"],
  flags: [],
  words: { least: 0, most: 2 },
  run: async ({ words: [topic, part] }, { print, complain }) => {
    // The registry holds this command too.
    const { COMMANDS } = await import("./registry.ts");
    if (topic === undefined) {
      await print(overview(COMMANDS));
      return 0;
    }
    const command = COMMANDS.find(({ name }) => name === topic);
    if (command === undefined) {
      const near = suggestion(topic, COMMANDS.map(({ name }) => name));
      await complain(`mgmt help: there is no command "${topic}"${near}\n`);
      return 1;
    }
    // What a command can be told to do is explained with it.
    if (part !== undefined && !command.usage.some((line) => line.split(" ", 1)[0] === part)) {
      await complain(`mgmt help: mgmt ${command.name} knows no "${part}"\n`);
      return 1;
    }
    await print(commandHelp(command));
    return 0;
  },
};
