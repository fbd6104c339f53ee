import { isLoopbackAddress, isNamed, readAddress } from "../../../base/address.ts";
import { isJsonObject } from "../../../base/json.ts";
import { interfaceAddresses } from "../../../os/network/interfaces.ts";
import type { CheckedHost } from "../checked_host.ts";
import { givenAddresses, memberAddresses } from "../cluster_state.ts";
import { type DoctorCheck, type DoctorFinding, notSeen } from "../finding.ts";

const CONNECT_MS = 3000;
const SHOWN = 4;

/** The cluster's addresses, and this host's own. */
export const network: DoctorCheck = {
  area: "network",
  looksAt:
    "whether names of the cluster's addresses are known, members are reached, and own addresses are here",
  look: async (host) => {
    const members = await memberAddresses(host);
    const { told } = await givenAddresses(host);
    const findings = [
      ...agentFindings(host),
      ...await reachFindings(host, members),
      ...ownFindings(told),
    ];
    if (host.prefixSight === "forbidden" || host.prefixSight === "silent") {
      findings.push(notSeen("the cluster's addresses", `${host.prefix} cannot be read`));
    }
    if (members.length === 0) return { fine: "this host is in no cluster", findings };
    return { fine: `all known addresses of the cluster answer (${members.length})`, findings };
  },
};

function agentFindings({ agent }: CheckedHost): DoctorFinding[] {
  if (agent.type !== "answers") return [];
  const { contact, outcast } = agent.cluster;
  if (isJsonObject(outcast)) {
    return [{ code: "cluster-outcast", message: String(outcast["message"]) }];
  }
  if (contact !== "lost") return [];
  return [{ code: "cluster-lost", message: "the agent has lost the contact to its cluster" }];
}

async function reachFindings(
  { network: door, signal }: CheckedHost,
  urls: readonly string[],
): Promise<readonly DoctorFinding[]> {
  const tried = await Promise.all(urls.map(async (url) => {
    const address = readAddress(url);
    if (address === undefined) return undefined;
    const { host, port } = address;
    const connected = await door.connect({ host, port, timeoutMs: CONNECT_MS, signal });
    return connected.ok ? undefined : { url, failure: connected.failure };
  }));
  const bad = tried.filter((each) => each !== undefined);
  const unknown = bad.filter(({ failure }) => failure.code === "unknown-host");
  const away = bad.filter(({ failure }) => failure.code !== "unknown-host");
  const findings = unknown.map(({ failure }): DoctorFinding => ({
    code: "name-unknown",
    message: failure.message,
  }));
  if (away.length === 0) return findings;
  const more = away.length > SHOWN ? ", …" : "";
  const which = away.slice(0, SHOWN).map(({ url }) => url).join(", ") + more;
  const message =
    `${away.length} of ${urls.length} addresses of the cluster are not reached: ${which}`;
  return [...findings, { code: "members-unreachable", message }];
}

function ownFindings(told: readonly string[]): readonly DoctorFinding[] {
  const here = interfaceAddresses()?.map(({ address }) => address);
  if (here === undefined) return [];
  return [...new Set(told)].flatMap((url): DoctorFinding[] => {
    const address = readAddress(url);
    if (address === undefined || isNamed(address) || here.includes(address.host)) return [];
    // All of 127.0.0.0/8 is this host's, though interfaces name one of them.
    if (isLoopbackAddress(address)) return [];
    const message = `others are told ${url}, an address that this host does not have`;
    return [{ code: "address-absent-here", message }];
  });
}
