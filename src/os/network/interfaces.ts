/** An address of this machine, and the network that it is in. */
export interface InterfaceAddress {
  /** The interface's name. */
  readonly name: string;
  readonly address: string;
  /** Bits of the network's part. */
  readonly prefixLength: number;
}

/** All of this machine's, in the order of the kernel; undefined: it does not tell. */
export function interfaceAddresses(): readonly InterfaceAddress[] | undefined {
  try {
    return Deno.networkInterfaces().map(({ name, address, cidr }) => ({
      name,
      address,
      prefixLength: Number(/\/(\d+)$/.exec(cidr)?.[1] ?? NaN),
    }));
  } catch {
    return undefined;
  }
}
