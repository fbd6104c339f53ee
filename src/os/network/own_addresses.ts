/** The addresses of this machine, as people write them. */

/** Most that are of use to anybody. */
const MOST = 4;

/** Those by which other machines may reach it, with brackets where ports need them. */
export function ownAddresses(): readonly string[] {
  const isOfUse = (address: string) => !/^(127\.|::1$|fe80:)/.test(address);
  return Deno.networkInterfaces().filter(({ address }) => isOfUse(address))
    .map(({ family, address }) => family === "IPv6" ? `[${address}]` : address).slice(0, MOST);
}
