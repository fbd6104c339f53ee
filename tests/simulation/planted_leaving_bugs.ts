/**
 * Bugs that could be made in what follows operators' orders (`planted_bugs.ts`). Those that show only
 * where a host is killed between two certain steps are shown by `leaving_test.ts`, which tries all of them.
 *
 * @module
 */

import type { PlantedBug } from "./planted_bugs.ts";

/** All of them. */
export const LEAVING_BUGS: readonly PlantedBug[] = [
  {
    name: "leaves its exports behind",
    firstSeed: 81,
    edits: [{
      file: "admin/leaving.ts",
      find: '{ type: "deleteRange", range: exportsRange(host) },',
      replace: "",
    }, {
      file: "admin/leave.ts",
      find: "withdrawn(part, new Standstill(options, doing))",
      replace: "() => Promise.resolve(true)",
    }],
  },
  {
    name: "goes while it is a member",
    firstSeed: 6,
    edits: [{
      file: "admin/leave.ts",
      find: "if (member === undefined) return true;",
      replace: "if (member?.name !== id) return true;",
    }],
  },
  {
    name: "ends a cluster that others are in",
    firstSeed: 88,
    edits: [{
      file: "admin/leaving.ts",
      find: '(each.role === "client" && !each.live)',
      replace: 'each.role === "client"',
    }],
  },
  {
    name: "does not obey an order that it had when it was killed",
    firstSeed: 20,
    edits: [{
      file: "admin/order_follower.ts",
      find: "      this.#join(order?.volunteer !== false);\n      this.#say(",
      replace:
        "      this.#order = order;\n      this.#join(order?.volunteer !== false);\n      this.#say(",
    }],
  },
  {
    name: "does not offer itself again when it may not leave",
    firstSeed: 104,
    edits: [{
      file: "admin/order_follower.ts",
      find: "      part.offer(order.volunteer && part.mayVolunteer);",
      replace: "",
    }],
  },
  {
    name: "looks for the cluster that it had left, and no other",
    firstSeed: 147,
    edits: [{
      file: "admin/order_follower.ts",
      find: "const identity = {\n      id,",
      replace: "const identity = {\n      id,\n      ...(clusterId && { clusterId }),",
    }],
  },
  {
    name: "writes an order that is refused over a newer one",
    firstSeed: 1400,
    edits: [{
      file: "admin/order_follower.ts",
      find: "if (!this.#isNewest(order)) return;",
      replace: "",
    }],
  },
  {
    name: "stays without an offer when it is to go where it is",
    scenario: "moving_to_the_same.txt",
    edits: [{
      file: "admin/order_follower.ts",
      find: "else this.#part.offer(order.volunteer && this.#part.mayVolunteer);\n    this.#options",
      replace: "this.#options",
    }],
  },
];
