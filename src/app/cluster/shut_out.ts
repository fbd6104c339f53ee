import type { HelloDoor } from "../../cluster/agent/effect_runner_options.ts";
import type { ClusterFact } from "../../report/cluster_event.ts";

export interface ShutOutOptions {
  /** Where this host was told that its cluster is. */
  readonly seeds: readonly string[];
  /** Whether it knows which cluster is its own. */
  readonly belongs: () => boolean;
  readonly tell: (fact: ClusterFact) => void;
  /** The run ends. */
  readonly refused: () => void;
}

/**
 * The same door, for a host that has no certificate: a TLS cluster at its seeds ends its run, with what to
 * type. Not where it knows a cluster: whoever answers there in its stead ends nobody's agent.
 */
export function endingWhereShutOut(
  door: HelloDoor,
  { seeds, belongs, tell, refused }: ShutOutOptions,
): HelloDoor {
  let isOver = false;
  return {
    ...door,
    ask: async (url, hello, deadlineMs) => {
      const answer = await door.ask(url, hello, deadlineMs);
      const isShutOut = !answer.ok && answer.failure.code === "speaks-tls";
      if (isShutOut && !isOver && seeds.includes(url) && !belongs()) {
        isOver = true;
        tell({ what: "not-let-in", failure: answer.failure });
        refused();
      }
      return answer;
    },
  };
}
