import type { Invariant } from "../invariant.ts";
import { acknowledgedWrites } from "./acknowledged_writes.ts";
import { endless } from "./endless.ts";
import { failedNominee } from "./failed_nominee.ts";
import { fencedWrites } from "./fenced_writes.ts";
import { fewCalls } from "./few_calls.ts";
import { tokensCount } from "./joins.ts";
import { lastCopy } from "./last_copy.ts";
import { lateCall } from "./late_call.ts";
import { endsAlone, leftNothing, refusedStays } from "./leaving.ts";
import { noLowering } from "./no_lowering.ts";
import { oddVoters } from "./odd_voters.ts";
import { oneChange } from "./one_change.ts";
import { oneDefragment } from "./one_defragment.ts";
import { oneCluster } from "./one_cluster.ts";
import { places } from "./places.ts";
import { oneOfEach } from "./one_of_each.ts";
import { ownEntry } from "./own_entry.ts";
import { ranBefore } from "./ran_before.ts";
import { reboot } from "./reboot.ts";
import { asksWhatItMay, nobodyMayMore, rightsFirst, rightsFit, serversAlone } from "./rights.ts";
import { stepsTogether } from "./rotation.ts";
import { settles } from "./settles.ts";
import { votersRun } from "./voters_run.ts";

/** All invariants, fresh for one simulation. */
export function allInvariants(): Invariant[] {
  return [
    acknowledgedWrites(),
    endless(),
    failedNominee(),
    fencedWrites(),
    fewCalls(),
    lastCopy(),
    lateCall(),
    leftNothing(),
    endsAlone(),
    refusedStays(),
    noLowering(),
    oddVoters(),
    oneChange(),
    oneCluster(),
    oneDefragment(),
    places(),
    oneOfEach(),
    ownEntry(),
    ranBefore(),
    reboot(),
    settles(),
    votersRun(),
  ];
}

/** The same, and those of clusters that have rights. */
export function invariantsWithRights(): Invariant[] {
  return [
    ...allInvariants(),
    asksWhatItMay(),
    nobodyMayMore(),
    rightsFirst(),
    rightsFit(),
    serversAlone(),
  ];
}

/** The same, and those of clusters that hosts join by tokens, and whose authority is replaced. */
export function invariantsWithTrust(): Invariant[] {
  return [...invariantsWithRights(), stepsTogether(), tokensCount()];
}
