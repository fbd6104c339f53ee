import { type Flag, takesText } from "./flags.ts";

/** As whom a cluster is asked. */
export const OPERATOR_FLAG = {
  name: "operator",
  ...takesText("FILE"),
  summary: "ask as the operator whose file that is (mgmt operator add), from any machine",
  environment: "MGMT_OPERATOR",
} as const satisfies Flag;

/** The flags of a run that say what is shown to an etcd that others run. */
export const OUTSIDE_FLAGS = {
  cacert: {
    name: "cacert",
    ...takesText("FILE"),
    summary: "the authority of an etcd that others run, which --seeds name",
    environment: "ETCDCTL_CACERT",
  },
  cert: {
    name: "cert",
    ...takesText("FILE"),
    summary: "the certificate that this host shows there",
    environment: "ETCDCTL_CERT",
  },
  key: {
    name: "key",
    ...takesText("FILE"),
    summary: "the key of that certificate; only its owner can read it",
    environment: "ETCDCTL_KEY",
  },
  userFile: {
    name: "user-file",
    ...takesText("FILE"),
    summary:
      "NAME:PASSWORD of a user there, in a file that only its owner can read (ETCDCTL_USER, ETCDCTL_PASSWORD)",
  },
} as const satisfies Readonly<Record<string, Flag<string>>>;

/** The flags of a run that say how its cluster speaks. */
export const TRUST_FLAGS = {
  tls: {
    name: "tls",
    summary: "have a cluster on this machine alone speak TLS, too, as others do",
  },
  secretFile: {
    name: "secret-file",
    ...takesText("FILE"),
    summary:
      "the secret of a TLS cluster (mgmt cluster secret), for hosts that found it together and those that run etcd",
    environment: "MGMT_SECRET_FILE",
  },
  token: {
    name: "token",
    ...takesText("TOKEN"),
    summary:
      "join a TLS cluster with a token (mgmt token create); other users of this host see what is given here",
    environment: "MGMT_TOKEN",
  },
  tokenFile: {
    name: "token-file",
    ...takesText("FILE"),
    summary: "a file with the token, which only its owner can read",
  },
  insecurePlaintext: {
    name: "insecure-plaintext",
    summary: "found or join a cluster in plain text, which whoever reaches its ports commands",
  },
  ...OUTSIDE_FLAGS,
} as const satisfies Readonly<Record<string, Flag>>;
