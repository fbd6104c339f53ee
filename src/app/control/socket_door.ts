import { dirname } from "node:path";
import type { Result } from "../../base/result.ts";
import { keepDirectory, type KeptDirectory } from "../../os/native/kept_directory.ts";
import type { FileListener, SocketPlace } from "../../os/network/listen/socket_file.ts";

/** What a socket is made with. */
export interface SocketDoorOptions {
  /** Where it is to be now. */
  readonly place: () => Result<SocketPlace>;
  readonly listen: (place: SocketPlace) => Result<FileListener>;
  /** What does not work without it, as the end of a sentence. */
  readonly without: string;
  readonly warn: (text: string) => void;
}

/** One socket of an agent: opened, made again where somebody removed it, and closed. */
export class SocketDoor {
  readonly #options: SocketDoorOptions;
  #listener: FileListener | undefined;
  #at: string | undefined;
  /** That of the socket, so that nobody removes it for its age. */
  #directory: KeptDirectory | undefined;
  #hasWarned = false;

  constructor(options: SocketDoorOptions) {
    this.#options = options;
  }

  /** Opens it; where that cannot be it is said, once. */
  open(): void {
    const { place, listen, without, warn } = this.#options;
    const found = place();
    const opened = found.ok ? listen(found.value) : found;
    if (opened.ok && found.ok) {
      this.#listener = opened.value;
      this.#at = placeText(found.value);
      this.#keep(found.value);
      this.#hasWarned = false;
    } else if (!opened.ok && !this.#hasWarned) {
      warn(`${opened.failure.message}; goes on without, ${without}`);
      this.#hasWarned = true;
    }
  }

  /** Makes it again where its name is gone, or another place is the right one by now. */
  async look(): Promise<void> {
    const found = this.#options.place();
    const moves = found.ok && this.#at !== undefined && placeText(found.value) !== this.#at;
    if (this.#listener?.hasName() === true && !moves) {
      if (found.ok) this.#keep(found.value);
      return;
    }
    if (this.#listener !== undefined && found.ok && !moves) {
      this.#options.warn(`${found.value.path} was removed or replaced; it is made again`);
    }
    await this.close();
    this.open();
  }

  /** Resolves when nobody is connected any more. */
  async close(): Promise<void> {
    const before = this.#listener;
    this.#listener = undefined;
    this.#at = undefined;
    this.#directory?.close();
    this.#directory = undefined;
    await before?.close();
  }

  #keep({ path }: SocketPlace): void {
    this.#directory ??= keepDirectory(dirname(path));
  }
}

function placeText({ path, gid }: SocketPlace): string {
  return `${path} ${gid ?? ""}`;
}
