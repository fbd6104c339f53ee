/**
 * A cluster of three hosts that run etcd, and others, whose authority is replaced: real agents on this host.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { TRUST_PLACE } from "../../src/trust/trust_files.ts";
import { certificatesIn } from "../../src/trust/pem.ts";
import { etcdPrograms, eventually } from "./etcd.ts";
import { type Ended, mgmt, Program } from "./program.ts";
import { TokenWorld } from "./token_world.ts";

/** Hosts that run etcd. */
export const SERVERS = ["h1", "h2", "h3"] as const;

/** Puts one number after the other, and prints those that were acknowledged. */
const WRITES = `
n=0
while :; do
  n=$((n + 1))
  timeout 4 "$@" put /numbers/$n $n >/dev/null 2>&1 && echo $n
  sleep 0.2
done
`;

/** Three servers of one secret. */
export class RotatingWorld extends TokenWorld {
  readonly #urls = new Map<string, readonly string[]>();
  readonly secretFile: string;

  constructor(directory: string) {
    super(directory);
    this.secretFile = join(directory, "secret");
  }

  /** Who is away is waited for for five seconds. */
  override start(host: string, ...flags: string[]): Promise<Program> {
    return super.start(host, "--dead-after", "5", ...flags);
  }

  /** Founds the cluster, and has the others come. */
  async boot(): Promise<void> {
    await this.found("h1");
    const { stdout } = await mgmt(["cluster", "secret", "--prefix", this.prefix("h1")]);
    await Deno.writeTextFile(this.secretFile, stdout, { mode: 0o600 });
    for (const host of SERVERS.slice(1)) {
      this.#urls.set(host, ["--seeds", this.address, ...this.urls()]);
      await this.serve(host);
    }
    await eventually(() => /3 members, 3 voters/.test(this.said), () => this.said, 180_000);
  }

  /** Starts one of those that came later, as its unit does: with the secret file of the beginning. */
  serve(host: string): Promise<Program> {
    return this.start(host, "--secret-file", this.secretFile, ...this.#urls.get(host) ?? []);
  }

  /** What etcdctl is started with, to ask etcd with the certificates in a directory. */
  etcdctl(trust: string): readonly string[] {
    const shown = [["cacert", "ca.pem"], ["cert", "host.pem"], ["key", "host.key"]]
      .map(([flag, name]) => `--${flag}=${join(trust, name!)}`);
    const places = SERVERS.map((host) => this.clientOf(host)).map((at) => `https://${at}`);
    return [
      join(etcdPrograms(), "etcdctl"),
      ...[`--endpoints=${places.join()}`, ...shown],
      ...["--command-timeout=2s", "--dial-timeout=1s"],
    ];
  }

  clientOf(host: string): string {
    const urls = this.#urls.get(host);
    return urls === undefined ? this.address : urls[urls.indexOf("--client-urls") + 1]!;
  }

  trustOf(host: string): string {
    return join(this.prefix(host), TRUST_PLACE);
  }

  /** Whether etcd does anything for whoever has these certificates. */
  async serves(trust: string): Promise<boolean> {
    const [command = "", ...args] = this.etcdctl(trust);
    const asked = await new Deno.Command(command, {
      args: [...args, "get", "/_mgmt/ctl/leader"],
      stdout: "piped",
      stderr: "null",
    }).output();
    return asked.success && asked.stdout.length > 0;
  }

  /** Writes from now on; what `stop` returns was acknowledged. */
  write(): { stop(): Promise<readonly string[]> } {
    const child = new Deno.Command("setpriv", {
      args: [
        "--pdeathsig",
        "KILL",
        "bash",
        "-c",
        WRITES,
        "writer",
        ...this.etcdctl(this.trustOf("h1")),
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const text = new Response(child.stdout).text();
    return {
      stop: async () => {
        child.kill("SIGKILL");
        await child.status;
        return (await text).split("\n").filter((line) => line !== "");
      },
    };
  }

  /**
   * What etcdctl prints as that host, as soon as etcd answers: in a process of its own, for connections that its etcd
   * ends, as that of a host that is cast out, end some versions of Deno.
   */
  async answer(host: string, ...words: readonly string[]): Promise<string> {
    const [command = "", ...args] = this.etcdctl(this.trustOf(host));
    let [said, answer] = ["", ""];
    await eventually(async () => {
      const asked = await new Deno.Command(command, { args: [...args, ...words] }).output();
      answer = new TextDecoder().decode(asked.stdout);
      said = new TextDecoder().decode(asked.stderr);
      return asked.success;
    }, () => `etcdctl ${words.join(" ")}: ${said}`);
    return answer;
  }

  /** Which of those numbers etcd does not have. */
  async lost(numbers: readonly string[]): Promise<readonly string[]> {
    const all = await this.answer("h1", "get", "--prefix", "/numbers/", "--print-value-only");
    const there = new Set(all.split("\n"));
    return numbers.filter((number) => !there.has(number));
  }

  /** The certificates of authorities that a host believes. */
  believed(host: string): readonly string[] {
    return certificatesIn(Deno.readTextFileSync(join(this.trustOf(host), "ca.pem")));
  }

  /** The host that decides, as soon as one does: whose etcd starts anew gives the lead up. */
  async leading(): Promise<string> {
    let leader: unknown;
    const decides = async () => {
      // The etcd that is asked may start anew at the moment.
      const asked = ["members", "--output", "json", "--prefix", this.prefix("h1")];
      const { code, stdout } = await mgmt(asked);
      leader = code === 0 ? JSON.parse(stdout).leader : undefined;
      return typeof leader === "string";
    };
    await eventually(decides, () => this.said);
    return String(leader);
  }

  /** Begins a command, and waits for it elsewhere. */
  command(host: string, ...words: string[]): Program {
    return new Program([...words, "--prefix", this.prefix(host)]);
  }

  /** Runs a command to its end, again where nobody could answer: while etcds start anew a majority may be away. */
  async asks(host: string, ...words: string[]): Promise<Ended> {
    let ended = await mgmt([...words, "--prefix", this.prefix(host)]);
    await eventually(
      async () => {
        if (!/cannot decide anything now|no cluster answers/.test(ended.stderr)) return true;
        ended = await mgmt([...words, "--prefix", this.prefix(host)]);
        return false;
      },
      () => `${ended.stderr}\n${this.said}`,
      180_000,
    );
    return ended;
  }

  /** All these believe the same authority alone, and have it from one that etcd accepts. */
  async isOfOne(hosts: readonly string[]): Promise<void> {
    const [first = ""] = this.believed(hosts[0]!);
    for (const host of hosts) {
      assertEquals(this.believed(host), [first], host);
      await eventually(() => this.serves(this.trustOf(host)), () => `${host}\n${this.said}`);
    }
  }
}
