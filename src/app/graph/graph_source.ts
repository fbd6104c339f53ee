import type { Diagnostic } from "../../base/diagnostic.ts";
import type { GraphDocument } from "../../lang/document.ts";
import type { SeenChange } from "../../os/watch/watcher.ts";

/** Where a graph is written. Who reads from one does not know what it is. */
export interface GraphSource {
  /** As the user named it, for messages. */
  readonly file: string;
  /** For relative paths in its graphs, absolute. */
  readonly directory: string;
  /** Reads what it says now. One reading at a time. */
  read(): Promise<SourceReading>;
  /** Calls `changed` whenever it may say something else, and once when it is watched. */
  watch(changed: () => void): void;
  /** Ends watching; resolves when what is to be kept is kept. */
  close(): Promise<void>;
}

/** What came of reading a source. */
export interface SourceReading {
  /** It says what it said when it was read last, and is not taken apart again. */
  readonly same?: true;
  /** Absent where it could not be read, is not to be, or says what it said before. */
  readonly document?: GraphDocument;
  /** It asked for something that is not known yet: it says something else as soon as that is. */
  readonly waits?: boolean;
  /** What is wrong or doubtful besides what the document says. */
  readonly problems: readonly Diagnostic[];
  /** Its text, which messages quote. */
  readonly text?: string;
  /** Of several files, the text of the one that messages name so. */
  readonly textOf?: (file: string) => string | undefined;
  /** What its files say, for whoever compares it with what they said in an earlier run. */
  readonly texts?: readonly string[];
  /** Something is not known that it needs: why, and when to read again. It is no mistake. */
  readonly waiting?: {
    readonly why: string;
    readonly over: Promise<void>;
    /** What it said in an earlier run is nothing to go on with meanwhile. */
    readonly withNothing?: true;
  };
  /** What it was read again for, where it is the same text: a fact, a file of values. */
  readonly input?: string | undefined;
  /** What was seen to happen to its files since it was read last. */
  readonly seen?: SeenChange | undefined;
  /** What else is good to know of it, where it is good. */
  readonly notes?: readonly string[];
  /** Keeps it for later starts; for readings without mistakes. */
  readonly keep?: () => void;
  /** What it said when it was good, in an earlier run. */
  readonly lastGood?: () => Promise<EarlierReading | undefined>;
}

/** A reading that was kept. */
export interface EarlierReading {
  /** What stands for the source in messages. */
  readonly file: string;
  /** What it was read from, absolute. */
  readonly path: string;
  /** For relative paths in it, absolute. */
  readonly directory: string;
  /** Undefined: it is none for this version of the program. */
  readonly document: GraphDocument | undefined;
  /** When it was made, in ISO 8601. */
  readonly at: string;
}
