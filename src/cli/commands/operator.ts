import { type Flag, takesDuration } from "../../app/flags.ts";
import { OUTPUT_FLAG } from "../../app/run_flags.ts";
import { fail, type Result } from "../../base/result.ts";
import { wrongAction } from "../action_words.ts";
import { oneTooMany } from "../args.ts";
import { answer, HOST_PLACE_FLAGS } from "../cluster_flags.ts";
import type { Command, CommandIO, CommandLine } from "../command.ts";

const ACTIONS = ["add", "list", "remove"] as const;
type OperatorAction = typeof ACTIONS[number];

const DAY_MS = 86_400_000;
const USUAL_MS = 90 * DAY_MS;
const MOST_MS = 366 * DAY_MS;

const TTL_FLAG = {
  name: "ttl",
  ...takesDuration({ mostMs: MOST_MS }),
  summary: "add: how long it counts: 8h, 30d",
  defaultText: "90d",
} as const satisfies Flag;

/** Says who may look at a cluster, and say what it is to be, from anywhere. */
export const operator: Command = {
  name: "operator",
  summary: "say who may ask a cluster from other machines",
  usage: ["add [FLAGS] NAME > FILE", "list [FLAGS]", "remove [FLAGS] NAME"],
  details:
    `An operator asks a cluster that speaks TLS from a machine that is no host of it: mgmt members,
cluster status, cluster size and cluster env there take its file with --operator, or from MGMT_OPERATOR. It
sees what hosts see, and may change the size of the cluster; it exports nothing, and runs no etcd.
add makes one, on a host that runs etcd, and prints its file: a certificate, its key, another to sign with,
and where the cluster is. The file that > leads to is replaced by one for its owner alone. Who has it is
that operator, until its time is over: by the clock of the host that leads, and ten minutes later by the
certificate itself. Who was added, and until when, is said on the standard error.
list shows those there are. remove ends one at once; its file never counts again, also where somebody
of that name is added later.
With --output json, list prints {"version": 1, "type": "operators", "operators": [{"name", "user": of
etcd, "until", "madeAt", "madeBy", "signer": the public key by which its signatures are known}]}.`,
  examples: [
    ["mgmt operator add anna > anna.operator", "for 90 days"],
    ["mgmt members --operator anna.operator", "on her own machine"],
    ["mgmt operator remove anna", "her file was lost"],
  ],
  flags: [
    TTL_FLAG,
    { ...OUTPUT_FLAG, summary: "list: lines for people (human), or one object (json)" },
    ...HOST_PLACE_FLAGS,
  ],
  words: { least: 0, most: 2 },
  run: async (given, surface) => {
    const [action] = given.words;
    const wrong = wrongWords(given.words);
    if (wrong !== undefined) return await answer("operator", wrong, surface);
    const done = await act(action as OperatorAction, given, surface);
    return await answer(`operator ${action}`, done, surface);
  },
};

function wrongWords([word, name]: readonly string[]): Result<never> | undefined {
  const wrong = wrongAction(word, ACTIONS);
  if (wrong !== undefined) return wrong;
  if (word === "list") return name === undefined ? undefined : oneTooMany(name);
  if (name !== undefined) return undefined;
  const hint = word === "add"
    ? "mgmt operator add NAME > FILE"
    : "mgmt operator remove NAME; mgmt operator list shows the names";
  return fail("which operator? Name it", { hint });
}

async function act(
  action: OperatorAction,
  { flags, values, words: [, name = ""] }: CommandLine,
  { environment, complain }: CommandIO,
): Promise<Result<string>> {
  const app = await import("../../app/trust/operators.ts");
  const place = { flags, environment };
  switch (action) {
    case "add":
      return await app.printOperator(
        ...[place, name, values.of(TTL_FLAG) ?? USUAL_MS] as const,
        (text) => complain(`${text}\n`),
      );
    case "list":
      return await app.listOperators(place, values.of(OUTPUT_FLAG) === "json");
    case "remove":
      return await app.removeOperator(place, name);
  }
}
