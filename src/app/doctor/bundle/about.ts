/** What a bundle says of itself. */
export const ABOUT = `This is what mgmt doctor --bundle gathered for a bug report.

doctor.json   what was found wrong: codes, and sentences that name paths of mgmt's own (its prefix, its
              graph file), users, addresses of its cluster
host.json     versions of mgmt, the kernel, the distribution
limits.json   limits of the kernel and of the agent's process; types of a few mounts
agent.json    how the agent is, as counts; the names of its flags, and values of those that are numbers or
              choices; names of variables that begin with MGMT_, never a value
graph.json    kinds with counts by state; resources that failed, as file#3, with the code of the failure
history.json  the last actions of the journal: when, what kind of, on which resource (as in graph.json), how
              long, the code of a failure

Not in it: names of resources, contents, differences, commands and what they print, messages of failures,
environments, secrets and their names, tokens, keys, certificates, the graph itself. Only what is on a list
is put in; read it before you send it, all of it is text: tar xzf FILE.
`;
