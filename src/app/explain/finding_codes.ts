/** All that `mgmt doctor` may find: each code with its severity and its explanation. */

import { AGENT_FINDINGS } from "./agent_findings.ts";
import { HOST_FINDINGS } from "./host_findings.ts";

export const FINDING_CODES = { ...HOST_FINDINGS, ...AGENT_FINDINGS } as const;

export type FindingCode = keyof typeof FINDING_CODES;
