/** What the watcher needs of the kernel: events of single directories. */

/** What happens to an entry of a directory; nothing of it is true any more when it is read. */
export type ChangeWord =
  | "removed"
  | "created"
  | "moved away"
  | "moved here"
  | "attributes"
  | "modified";

/** What happened, in the kernel's order. */
export type KernelEvent =
  | {
    readonly type: "change";
    /** The directory in which it happened, or the file. */
    readonly id: number;
    /** The entry's name; empty for the directory itself. */
    readonly name: string;
    /** False where only the content of a file changed. */
    readonly entry: boolean;
    /** Whether the entry is a directory. */
    readonly directory: boolean;
    /** What happened, in a word or two. */
    readonly what: ChangeWord;
  }
  /** A directory is watched no more: it was removed, or the file system it is on. */
  | { readonly type: "gone"; readonly id: number }
  /** Events were lost. */
  | { readonly type: "overflow" }
  /** Something was mounted or unmounted somewhere. */
  | { readonly type: "mounts" };

/** Why a directory is not watched. */
export type WatchRefusal =
  | { readonly type: "missing" }
  /** A file, or a symbolic link, which is not followed. */
  | { readonly type: "not-directory" }
  | { readonly type: "limit"; readonly reason: string }
  | { readonly type: "other"; readonly reason: string };

export interface Kernel {
  /**
   * Watches one directory: its entries, and with `content` also what is written into them. The
   * number stands for the directory itself (the inode), by whatever path it was reached.
   */
  add(path: string, content: boolean): number | WatchRefusal;
  /** Watches one file, by whatever name it is written to; a symbolic link is not followed. */
  addFile(path: string): number | WatchRefusal;
  remove(id: number): void;
  /** Reports what has happened now: on a busy machine being woken for it takes longer. */
  look(): void;
  /** Whether it tells when something is mounted. */
  readonly tellsMounts: boolean;
  /** Ends all watches; resolves when nothing of it runs any more. */
  close(): Promise<void>;
}
