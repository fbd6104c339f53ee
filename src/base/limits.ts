/**
 * The limits of the program in one place: every list, queue, file read and wait has one.
 *
 * @module
 */

export const LIMITS = {
  /** A secret, and how many one graph uses. */
  secretBytes: 64 * 1024,
  secrets: 1000,
  /** A file of certificates or keys. */
  privateFileBytes: 256 * 1024,
  /** Certificates of authorities that are believed at the same time. */
  authorities: 8,
  /** Certificates that count no more: a list of them is such a file, and is signed in a second or two. */
  revoked: 2000,
  /** Files into which secrets were written, of one prefix. */
  secretPaths: 10_000,
  /** Resources that an operator holds. */
  holds: 10_000,
  /** A graph file. */
  graphFileBytes: 16 * 1024 * 1024,
  /** Graph files of one directory; together they may be as large as one. */
  graphFiles: 1000,
  /** Files of values of one graph. */
  valueFiles: 100,
  /** Labels of one file; files of labels or of own facts; one of those, and what a program of facts prints. */
  labels: 1000,
  factFiles: 256,
  factFileBytes: 256 * 1024,
  /** Time that a program of facts may take. */
  factProgramMs: 10_000,
  /** Graph files of which the last good reading is kept. */
  keptGraphs: 16,
  /** Graph files of which is kept what they have had managed, and things of one that it has no more. */
  managedSources: 64,
  orphans: 10_000,
  /** Graph files of up to so much are also looked through for the lines of what they manage. */
  placedGraphBytes: 1024 * 1024,
  /** Modules of a program, and their text as it is linked; a text is there again in each that imports it. */
  programModules: 500,
  programBytes: 64 * 1024 * 1024,
  /** A module of a program, and a file that it reads. */
  programFileBytes: 4 * 1024 * 1024,
  /** Inputs that a program reads. */
  programReads: 10_000,
  /** What a program writes to the console is told, so many lines of it. */
  programNotes: 100,
  /** Processor time for an evaluation of a program: others may keep it from the cores for longer. */
  programMs: 5000,
  /** Time after which one that had no processor is not waited for any more. */
  programWaitMs: 60_000,
  /** Time for the process that evaluates to say its first word, also on a busy machine. */
  programStartMs: 60_000,
  /** Memory of the process that evaluates a program: what is over it does not get there. */
  programMemoryBytes: 1000 * 1000 * 1000,
  /** What a command printed, as a program reads it. */
  programOutputLength: 64 * 1024,
  /** What a program's graph may be as a text. */
  programGraphBytes: 64 * 1024 * 1024,
  /** Nesting of a graph file. */
  graphFileDepth: 32,
  /** Aliases that a graph file may expand to, in nodes. */
  graphFileNodes: 4_000_000,
  /** Vertices of one graph. */
  vertices: 100_000,
  /** Edges of one graph. */
  edges: 1_000_000,
  /** The name of a resource, in characters. */
  nameLength: 4096,
  /** Mistakes shown for one graph file. */
  diagnostics: 50,
  /** Files in their places that may wait to be brought to the disk. */
  landings: 1000,
  /** A file that is read in one synchronous step. */
  syncReadBytes: 64 * 1024,
  /** Time for one asynchronous step on a file, so that a hanging mount is a failure. */
  fileStepMs: 10_000,
  /** Entries of one directory tree that a resource manages. */
  treeEntries: 200_000,
  /** So many times its own size an archive may be unpacked, beyond a first part. */
  archiveRatio: 200,
  archiveFreeBytes: 16 * 1024 * 1024,
  /** Files with several names (hard links) that one resource watches by themselves. */
  linkedFiles: 1000,
  /** Files that are joined to one, and their bytes together. */
  fragments: 10_000,
  fragmentsBytes: 16 * 1024 * 1024,
  /** What a resource copies from a source, unless it says otherwise. */
  sourceBytes: 1024 * 1024 * 1024,
  /** Copies kept of what was overwritten or removed, and their bytes together. */
  backups: 1000,
  backupBytes: 1024 * 1024 * 1024,
  /** What stands beside a file that a command looks at before it takes its place. */
  neighbours: 1000,
  /** Bytes of each side that are compared to show a difference. */
  diffBytes: 64 * 1024,
  /** A file of which a resource manages single lines. */
  lineFileBytes: 1024 * 1024,
  /** A file of data whose reader takes its time. */
  slowDataBytes: 256 * 1024,
  /** A file of users or groups. */
  accountFileBytes: 32 * 1024 * 1024,
  /** Time to wait for whoever holds the lock of the files of users and groups. */
  accountLockMs: 60_000,
  /** A content that gets a header. */
  headedFileBytes: 1024 * 1024,
  /** Lines of one difference that are shown. */
  diffLines: 40,
  /** One line of a command's output; the rest of it is cut. */
  outputLineBytes: 4096,
  /** Lines of one command's output that are shown. */
  outputLines: 200,
  /** Commands that run at the same time. */
  processes: 256,
  /** Commands that run as long as the agent, beside those. */
  standingProcesses: 256,
  /** Outputs of background processes that are still read after their command has ended. */
  unreadOutputs: 32,
  /** Members that may be asked of a cluster; more than a few make every write slow. */
  clusterSize: 99,
  /** What the cluster's store holds with its history before it takes nothing more. */
  storeBytes: 512 * 1024 * 1024,
  /** Free room of its file that etcd gives back when it starts: less than what a start is worth. */
  storeFreeBytes: 32 * 1024 * 1024,
  /** Places of one semaphore of the fleet that a host asks for at the same time. */
  fleetPlaces: 16,
  /** What a host that has a token asks for, as a text. */
  joinRequestLength: 4096,
  /** What an agent reads at once of what hosts say of themselves: who leads must not be blinded by one of them. */
  controlLength: 16 * 1024 * 1024,
  /** Entries of one range of the cluster's store that are read together. */
  storeEntries: 500_000,
  /** Connections that are made at the same time. */
  connections: 256,
  /** One line of an answer at an agent's own socket: all that may be held, each with its reason. */
  socketLineBytes: 16 * 1024 * 1024,
  /** Time for a connection to another host until its handshake of TLS is done. */
  handshakeMs: 5000,
  /** The head of an answer in HTTP, and its body as far as it is looked at. */
  httpHeadBytes: 64 * 1024,
  httpBodyBytes: 1024 * 1024,
  /** The list of the files of one package. */
  packageListBytes: 8 * 1024 * 1024,
  /** One exported resource as it is stored, all of one host, and all that a host collects. */
  exportedBytes: 512 * 1024,
  exportedResources: 2000,
  exportedTotalBytes: 16 * 1024 * 1024,
  collectedResources: 20_000,
  /** A value that hosts share, as JSON. */
  sharedValueLength: 64 * 1024,
  /** What a host tells others of its facts, as JSON, and of how many hosts that is kept. */
  toldFactsLength: 32 * 1024,
  toldFactsHosts: 500,
  /** Elections that one host stands for. */
  elections: 100,
  /** Names of shared values that one host reads. */
  readValues: 1000,
  /** What a host publishes at once, and then in each second: all is kept for a while, also what is replaced. */
  publishedBytes: 32 * 1024 * 1024,
  publishedBytesPerSecond: 512 * 1024,
  /** Exports that are gone and still remembered, so that their files can be removed. */
  withdrawnResources: 5000,
  /** Places that one entry of `collect` allows. */
  collectPlaces: 1000,
  /** Time for the answer to a call on a message bus. */
  busCallMs: 25_000,
  /** A message on a bus: a signal, which anybody may send, and an answer that was asked for. */
  busSignalBytes: 256 * 1024,
  busAnswerBytes: 16 * 1024 * 1024,
  /** Calls that wait for their answers at the same time: buses allow a connection about 128. */
  busCalls: 64,
  /** Characters of what is said of the cause of an export. */
  exportCauseLength: 300,
  /** Causes of one pass that are told apart. */
  causes: 16,
  /** Packages of one question to a package manager, and of one transaction. */
  packages: 10_000,
  /** Transactions that are tried until it is clear which of the packages wanted together fail. */
  packageTries: 60,
  /** Time for an answer of a package manager, which may wait for a transaction of somebody else. */
  packageLookMs: 10 * 60_000,
  /** Time that a transaction may take, with downloads and waiting for locks. */
  packageTransactionMs: 6 * 3600_000,
  /** Time for a question to a package tool. */
  packageQuestionMs: 60_000,
  /** Lines that a package tool may print: more than there are packages. */
  packageLines: 500_000,
  /** Names put into one command line. */
  packageNames: 5000,
  /** Time that is waited for the lock of another package tool. */
  packageLockMs: 30 * 60_000,
  /** Time for fetching what the sources offer. */
  packageRefreshMs: 5 * 60_000,
  /** Events that wait for a hook, and what one run of it reads, in characters. */
  hookEvents: 1000,
  hookInputLength: 1024 * 1024,
  /** Time that one run of a hook may take, and what hooks may take at the end of a run. */
  hookMs: 60_000,
  hookEndMs: 10_000,
  /** Time a child has between SIGTERM and SIGKILL. */
  killGraceMs: 2000,
  /** Time for a look at what became of a change that was cut short, by a stop or its time limit. */
  cutShortLookMs: 2000,
} as const;
