import { suggestion } from "../args.ts";
import type { Command } from "../command.ts";
import { commandHelp, overview } from "../help.ts";

/** Explains the commands; they are asked for when it runs, since it is one of them. */
export const helpFor = (commands: () => readonly Command[]): Command => ({
  name: "help",
  summary: "explain the commands, or one of them",
  usage: ["[COMMAND]"],
  flags: [],
  words: { least: 0, most: 2 },
  run: async ({ words: [topic, part] }, { print, complain }) => {
    const known = commands();
    if (topic === undefined) {
      await print(overview(known));
      return 0;
    }
    const command = known.find(({ name, short }) => name === topic || short === topic);
    if (command === undefined) {
      const near = suggestion(topic, known.map(({ name }) => name));
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
});
