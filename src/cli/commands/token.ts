import { type Flag, takesChoice, takesDuration, takesNumber } from "../../app/flags.ts";
import { OUTPUT_FLAG } from "../../app/run_flags.ts";
import { fail, type Result } from "../../base/result.ts";
import { wrongAction } from "../action_words.ts";
import { oneTooMany } from "../args.ts";
import { answer, HOST_PLACE_FLAGS } from "../cluster_flags.ts";
import type { Command, CommandIO, CommandLine } from "../command.ts";

const ACTIONS = ["create", "list", "revoke"] as const;
type TokenAction = typeof ACTIONS[number];

const HOUR_MS = 3_600_000;
const MOST_MS = 30 * 24 * HOUR_MS;
const REVOKE = "mgmt token revoke NAME; mgmt token list shows the names";
/** A token, or its name. */
const NAMED = /^\s*(?:[0-9a-f]{16}|mgmt\d+-[^]*)$/;

const ROLE_FLAG = {
  name: "role",
  ...takesChoice("ROLE", ["agent", "server"]),
  summary: "create: what hosts join as; server gets the cluster's secret, and may run etcd",
  defaultValue: "agent",
} as const satisfies Flag;
const USES_FLAG = {
  name: "uses",
  ...takesNumber({ least: 1, most: 1000 }),
  summary: "create: how many hosts may join with it",
  defaultValue: 1,
} as const satisfies Flag;
const TTL_FLAG = {
  name: "ttl",
  ...takesDuration({ mostMs: MOST_MS }),
  summary: "create: how long it counts: 30m, 2h, 1d",
  defaultText: "1h",
} as const satisfies Flag;

/** Makes and takes back what hosts join a cluster with. */
export const token: Command = {
  name: "token",
  summary: "make what other hosts join a cluster with",
  usage: ["create [FLAGS]", "list [FLAGS]", "revoke [FLAGS] TOKEN"],
  details:
    `create prints a token, on a host that runs etcd: with it another host is let into the cluster of this
one (mgmt run --token-file FILE, --token or MGMT_TOKEN), gets a certificate of its own, and needs
the token no more. It has where the cluster is, and by what the cluster is known. Who has it can join until
it was used so often, or has ended by the clock of the host that leads; asking twice is one use. Its name
is said on the standard error.
list shows those with which somebody may still join: as what, how many hosts, until when, and where it was made.
revoke takes one back, by its name or by itself; who has joined with it stays.
With --output json, list prints {"version": 1, "type": "tokens", "tokens": [{"id", "role", "uses", "used",
"forSeconds", "madeAt", "madeBy"}]}.`,
  examples: [
    ["mgmt token create > token", "for one host, within the hour"],
    ["mgmt token create --role server --ttl 10m", "for a host that may run etcd"],
    ["mgmt token create --uses 20 --ttl 1d", "for twenty hosts"],
  ],
  flags: [
    ROLE_FLAG,
    USES_FLAG,
    TTL_FLAG,
    { ...OUTPUT_FLAG, summary: "list: lines for people (human), or one object (json)" },
    ...HOST_PLACE_FLAGS,
  ],
  words: { least: 0, most: 2 },
  run: async (given, surface) => {
    const [action] = given.words;
    const wrong = wrongWords(given.words);
    if (wrong !== undefined) return await answer("token", wrong, surface);
    const done = await act(action as TokenAction, given, surface);
    return await answer(`token ${action}`, done, surface);
  },
};

function wrongWords([word, id, ...more]: readonly string[]): Result<never> | undefined {
  const wrong = wrongAction(word, ACTIONS);
  if (wrong !== undefined) return wrong;
  if (word !== "revoke") return id === undefined ? undefined : oneTooMany(id);
  if (id === undefined) return fail("which token? Name it", { hint: REVOKE });
  if (!NAMED.test(id)) {
    return fail("a token is taken back by its name, of 16 digits, or by itself", { hint: REVOKE });
  }
  return more[0] === undefined ? undefined : oneTooMany(more[0]);
}

async function act(
  action: TokenAction,
  { flags, values, words: [, id = ""] }: CommandLine,
  { environment, complain }: CommandIO,
): Promise<Result<string>> {
  const app = await import("../../app/trust/tokens.ts");
  const place = { flags, environment };
  switch (action) {
    case "create": {
      const role = values.of(ROLE_FLAG) === "server" ? "server" : "agent";
      const forMs = values.of(TTL_FLAG) ?? HOUR_MS;
      const wish = { role, uses: values.of(USES_FLAG), forMs } as const;
      return await app.printToken(place, wish, (text) => complain(`${text}\n`));
    }
    case "list":
      return await app.listTokens(place, values.of(OUTPUT_FLAG) === "json");
    case "revoke":
      return await app.revokeToken(place, id);
  }
}
