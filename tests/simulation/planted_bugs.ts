/**
 * Bugs that could be made in what decides and acts, as changes of the source, so that the program
 * itself needs no place for them. The simulation must catch each.
 *
 * @module
 */

import { LEAVING_BUGS } from "./planted_leaving_bugs.ts";
import { RIGHTS_BUGS } from "./planted_rights_bugs.ts";
import { TRUST_BUGS } from "./planted_trust_bugs.ts";

/** One change of one file of `src/cluster`; the text must be there exactly once. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A bug. */
export interface PlantedBug {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** A seed whose fleet shows it soon, as faults are today; if no more, one of the next does. Only to save time. */
  readonly firstSeed?: number;
  /** It shows only where clusters have rights. */
  readonly rights?: boolean;
  /** The same, where hosts join by tokens and the authority is replaced. */
  readonly trust?: boolean;
  /** A text of `tests/golden/agents` that is another one with it, where fleets show it too seldom. */
  readonly scenario?: string;
}

/** All of them. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: "votes a host that never ran",
    firstSeed: 7,
    edits: [
      {
        file: "leader/candidates.ts",
        find:
          "return isUp(member) && member.lagSince === undefined && member.host !== undefined &&",
        replace: "return member.host !== undefined &&",
      },
      {
        file: "leader/decide.ts",
        find: "awaitNominees(situation) ??",
        replace: "",
      },
    ],
  },
  {
    name: "promotes before it is in sync",
    firstSeed: 6,
    edits: [{
      file: "leader/candidates.ts",
      find: "return isUp(member) && member.lagSince === undefined && member.host",
      replace: "return isUp(member) && member.host",
    }],
  },
  {
    name: "grows to an even number",
    firstSeed: 8,
    edits: [
      {
        file: "leader/sizing.ts",
        find: "voters: members % 2 === 1 ? members : members - 1, willing",
        replace: "voters: members, willing",
      },
      { file: "leader/sizing.ts", find: "return voters % 2 === 1 ? 2 : 1;", replace: "return 1;" },
      {
        file: "leader/preconditions.ts",
        find: "if (voters % 2 === 0 && operation",
        replace: "if (voters < 0 && operation",
      },
    ],
  },
  {
    name: "forgets the journal",
    firstSeed: 3,
    edits: [{
      file: "leader/decide.ts",
      find: 'return { type: "begin", operation, reason };',
      replace: 'return { type: "step", operation, step: first, reason };',
    }],
  },
  {
    name: "trusts a stale view",
    firstSeed: 7,
    edits: [
      {
        file: "agent/leader_actions.ts",
        find: "if (!holds || queue.now - readAt > FENCE_MS) return round.done(false);",
        replace: "",
      },
      {
        file: "agent/leader_actions.ts",
        find: "if (!same) return round.done(true);",
        replace: "void same;",
      },
      {
        file: "agent/leader_actions.ts",
        find: "notAfter: readAt + FENCE_MS",
        replace: "notAfter: Infinity",
      },
      {
        file: "agent/leader_loop.ts",
        find: "gathering.members = members.value.members;",
        replace: "gathering.members = this.#stale ??= members.value.members;",
      },
      {
        file: "agent/leader_loop.ts",
        find: "  #lost = false;",
        replace: "  #lost = false;\n  #stale: readonly Member[] | undefined;",
      },
    ],
  },
  {
    name: "puts the data aside because nobody answers",
    firstSeed: 2,
    edits: [{
      file: "agent/local_member.ts",
      find: "if (member.memberId === undefined || contact.asOf <= this.#since) return false;",
      replace: "if (contact.lostSince !== undefined) return member.ran;",
    }],
  },
  {
    name: "does not leave a failed nominee alone",
    firstSeed: 27,
    edits: [{
      file: "leader/decide.ts",
      find:
        "const backoff = why.backoff && member.host !== undefined ? { backoff: member.host } : {};",
      replace: "const backoff = {};",
    }],
  },
  {
    name: "removes without counting who is left",
    firstSeed: 29,
    edits: [
      {
        file: "leader/preconditions.ts",
        find: "if (voters.filter(isUp).length < quorum(voters.length)) return",
        replace: "if (isUp.length < quorum(0)) return",
      },
      {
        file: "leader/preconditions.ts",
        find: "return mayFail(left) < mayFail(view.members) ?",
        replace: "return mayFail(left) < -99 ?",
      },
      {
        file: "leader/preconditions.ts",
        find: "if (silent.length > 0) return",
        replace: "if (silent.length > 99) return",
      },
    ],
  },
  {
    name: "ignores the fence",
    firstSeed: 1059,
    edits: [
      {
        file: "agent/leader_actions.ts",
        find: "when: [{ key: keys.leaderKey(), create: fence }, ...when], then",
        replace: "when: fence < 0 ? [] : when, then",
      },
      {
        file: "agent/leader_loop.ts",
        find: "if (sorted.leader?.createRevision !== this.#fence) {",
        replace: "if (sorted.leader?.createRevision === -this.#fence) {",
      },
      // Its clock alone would tell it in time.
      {
        file: "agent/leadership.ts",
        find: "(!mayLead || queue.isDue(this.#lostAt))",
        replace: "!mayLead",
      },
    ],
  },
  {
    name: "founds a cluster alone although it has seeds",
    edits: [{
      file: "agent/hello.ts",
      find: "if (obstacle !== undefined) obstacles.push(obstacle);",
      replace: "if (obstacle !== undefined && hello !== undefined) obstacles.push(obstacle);",
    }],
  },
  {
    name: "never tells the others its new address",
    firstSeed: 42,
    edits: [{
      file: "agent/member_address.ts",
      find: "if (!runs || member",
      replace: "if (runs || member",
    }],
  },
  {
    name: "buries who only reboots",
    firstSeed: 23,
    edits: [{
      file: "leader/view.ts",
      find: "now - since >= patience.deadMs",
      replace: "now - since >= patience.deadMs / 10",
    }],
  },
  {
    name: "forgets who is there",
    firstSeed: 574,
    edits: [{
      file: "leader/view_builder.ts",
      find: "sorted.forgotten.has(id) && said === undefined && records?.live !== true",
      replace: "sorted.forgotten.has(id)",
    }, {
      file: "leader/preconditions.ts",
      find: "return mayFail(left) < mayFail(view.members) ?",
      replace: "return mayFail(left) < -99 ?",
    }],
  },
  {
    name: "waits for ever for a voter that was added by hand",
    firstSeed: 23,
    edits: [{
      file: "leader/view.ts",
      find: "isStray(member) ? member.unclaimedSince : member.silentSince",
      replace: "member.silentSince",
    }],
  },
  {
    name: "mends a full store only where it leads",
    firstSeed: 9,
    edits: [{
      file: "agent/agent.ts",
      find: 'return this.#leader.lacksSpace ? "alone" : undefined;',
      replace: "return undefined;",
    }],
  },
  {
    name: "takes writes again before there is room",
    firstSeed: 19,
    edits: [{
      file: "leader/upkeep.ts",
      find: "if (next !== undefined && view.mayDefragment) {",
      replace: "if (next !== undefined && view.mayDefragment && view.parts.length > 99) {",
    }],
  },
  {
    name: "believes a full store that it has no room, though it has not counted",
    firstSeed: 15,
    edits: [{
      file: "leader/upkeep.ts",
      find: "hasRoom(status, WORTH_FULL) || mayHave(part, status)",
      replace: "hasRoom(status, WORTH_FULL)",
    }],
  },
  {
    name: "leaves the file of its learner as full as it is",
    edits: [{
      file: "agent/own_file.ts",
      find: "|| queue.now < this.#startAt) return;",
      replace: "|| queue.now > 0) return;",
    }],
    firstSeed: 516,
  },
  {
    name: "waits for a learner to say what it has free, which needs writes",
    firstSeed: 38,
    edits: [{
      file: "leader/upkeep.ts",
      find: "if (crowded.some(({ learner }) => !learner)) {",
      replace: "if (crowded.some((part) => !isSlow(part))) {",
    }],
  },
  {
    name: "has its etcd start anew also where it votes, and again and again",
    firstSeed: 15,
    edits: [
      {
        file: "agent/own_file.ts",
        find: "mayStart && etcd.runs && !etcd.serves(contact)",
        replace: "mayStart && etcd.runs",
      },
      {
        file: "agent/own_file.ts",
        find: "!answer.ok || !answer.value.learner ||",
        replace: "!answer.ok ||",
      },
      {
        file: "leader/upkeep.ts",
        find: "return status.learner && hasRoom(",
        replace: "return hasRoom(",
      },
    ],
  },
  {
    name: "takes its name from an agent with its identity that lives",
    firstSeed: 12,
    edits: [{
      file: "agent/identity_claim.ts",
      find: 'return this.#set("asked");',
      replace: 'return this.#set("free");',
    }],
  },
  {
    name: "goes on as a copy of another",
    firstSeed: 17,
    edits: [{
      file: "agent/agent.ts",
      find: "if (this.#claim.isOver) this.#quit();",
      replace: "if (this.#hasQuit) this.#quit();",
    }],
  },
  {
    name: "never gives a nominee up",
    firstSeed: 121,
    edits: [{
      file: "leader/preconditions.ts",
      find: "now - nomination.since >= patience.nominationMs",
      replace: "now - nomination.since >= patience.nominationMs * 99",
    }, {
      file: "leader/preconditions.ts",
      find: "now - member.failsSince >= patience.failureMs",
      replace: "now - member.failsSince >= patience.failureMs * 99",
    }, {
      // Nor looks for it all the time.
      file: "leader/decide.ts",
      find: "member.nomination.since + patience.nominationMs;",
      replace: "member.nomination.since + patience.nominationMs * 99;",
    }, {
      file: "leader/decide.ts",
      find: "(member.failsSince ?? Infinity) + patience.failureMs;",
      replace: "(member.failsSince ?? Infinity) + patience.failureMs * 99;",
    }],
  },
  {
    name: "gives places that are held",
    firstSeed: 6,
    edits: [{
      file: "leader/places.ts",
      find: "sizeOf(wishes) - (wishes.length - waiting.length);",
      replace: "sizeOf(wishes);",
    }],
  },
  {
    name: "goes by the largest size that hosts say",
    firstSeed: 12,
    edits: [{
      file: "leader/places.ts",
      find: "Math.min(...wishes.map(({ size }) => size))",
      replace: "Math.max(...wishes.map(({ size }) => size))",
    }],
  },
  {
    name: "gives places to whoever comes first in the alphabet",
    firstSeed: 9,
    edits: [{
      file: "leader/places.ts",
      find: "if (one.since !== other.since) return one.since - other.since;",
      replace: "",
    }],
  },
  {
    name: "works under a place until its lease is over",
    firstSeed: 481,
    edits: [{
      file: "agent/fleet_places.ts",
      find: "lease === undefined || !this.#queue.isDue(lease.until - STOP_MS)) return;",
      replace: "lease === undefined || !this.#queue.isDue(lease.until)) return;",
    }],
  },
  {
    name: "gives a place back while it still stops",
    firstSeed: 38,
    edits: [{
      file: "agent/fleet_places.ts",
      find: 'want.state = "lost";',
      replace: 'want.state = "lost";\n    this.unwant(want.want);',
    }],
  },
  {
    name: "takes itself for elected as long as it has not heard otherwise",
    firstSeed: 13,
    edits: [{
      file: "agent/fleet_places.ts",
      find:
        'for (const want of this.#wants.values()) this.#lose(want, "no contact with the cluster");',
      replace: "for (const want of this.#wants.values()) {\n" +
        '      if (electionOf(want.name) === undefined) this.#lose(want, "no contact");\n    }',
    }, {
      file: "agent/fleet_places.ts",
      find: 'this.#lose(ask.want, "the cluster takes this host for dead by now");',
      replace: 'if (electionOf(ask.wish.name) === undefined) this.#lose(ask.want, "dead");',
    }],
  },
  ...LEAVING_BUGS,
  ...RIGHTS_BUGS,
  ...TRUST_BUGS,
];
