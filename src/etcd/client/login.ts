/**
 * Who a connection asks as, where an etcd that others run tells its users apart by passwords.
 *
 * @module
 */

import type { StoreAddress } from "../../cluster/store/store.ts";
import type { GrpcRefusal, Tried } from "./failures.ts";
import { NO_USERS, toldOutside } from "./outside.ts";

/** What etcd answers to who says his name and password. */
interface LoginAnswer {
  readonly token: string;
}

/** What gRPC sends with a call. */
interface Metadata {
  clone(): this;
  set(name: string, value: string): void;
}

/** Asks for a token with a name and a password. */
type AskForToken = (request: object) => Promise<Tried<LoginAnswer>>;

/** The login of one connection, begun when it is first needed, and anew when etcd knows it no more. */
export class Login {
  readonly #address: StoreAddress;
  #token: string | undefined;
  #beginning: Promise<GrpcRefusal | undefined> | undefined;

  constructor(address: StoreAddress) {
    this.#address = address;
  }

  /** Says who asks, unless that is known; the result is why nothing can be asked. */
  async begin(what: string, ask: AskForToken): Promise<GrpcRefusal | undefined> {
    const { user } = this.#address;
    if (user === undefined || this.#token !== undefined) return undefined;
    this.#beginning ??= this.#begin({ name: user.name, password: user.password }, ask);
    const refusal = await this.#beginning;
    this.#beginning = undefined;
    if (refusal === undefined) return undefined;
    const message = refusal.failure.message.replace(/^cannot .*? at /, `cannot ${what} at `);
    // What was to be done has not been sent.
    return { ...refusal, failure: { ...refusal.failure, message }, elsewhere: "anything" };
  }

  async #begin(request: object, ask: AskForToken): Promise<GrpcRefusal | undefined> {
    const tried = await ask(request);
    if ("answer" in tried) {
      this.#token = tried.answer.token;
      return undefined;
    }
    // It asks nobody who he is; where it does so later, it refuses, and is told then.
    if (tried.refusal.failure.message.includes(NO_USERS)) {
      this.#token = "";
      return undefined;
    }
    return tried.refusal;
  }

  /** What goes with a call: the same, and who asks. */
  signed<T extends Metadata>(metadata: T): T {
    const own = metadata.clone();
    if (this.#token !== undefined && this.#token !== "") own.set("token", this.#token);
    return own;
  }

  /** A refusal, with what to do; after one of who asks that is said anew. */
  judged(found: GrpcRefusal): GrpcRefusal {
    const { user } = this.#address;
    const { code } = found.failure;
    if (user !== undefined && (code === "rights-changing" || this.#isUnsigned(code))) {
      const again = this.#token !== undefined;
      this.#token = undefined;
      if (again) return { ...found, again };
    }
    return toldOutside(found, this.#address);
  }

  /** It did not ask before who somebody is. */
  #isUnsigned(code: string | undefined): boolean {
    return code === "permission-denied" && this.#token === "";
  }
}
