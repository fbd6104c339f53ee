import type { ILeaseKeepAliveResponse } from "etcd3";
import { fail, ok, type Result } from "../../base/result.ts";
import type { Clock } from "../../os/clock.ts";
import type { CallOptions, Lease, LeaseId } from "../../cluster/store/store.ts";
import { givenUp, type GrpcRefusal, refused } from "./failures.ts";
import type { EtcdPool, OpenStream } from "./pool.ts";

/** Failures that say nothing bad of the connection. */
const SAID_WELL: ReadonlySet<string> = new Set(["aborted", "permission-denied", "rights-changing"]);
/** Between two tries while rights change. */
const AGAIN_MS = 5;

/** Renews a lease once, over a stream for just that. */
export async function keepLease(
  pool: EtcdPool,
  clock: Clock,
  id: LeaseId,
  options: CallOptions,
): Promise<Result<Lease>> {
  const endMs = clock.nowMs() + options.deadlineMs;
  for (;;) {
    const deadlineMs = Math.max(1, endMs - clock.nowMs());
    const kept = await keepOnce(pool, clock, id, { ...options, deadlineMs });
    const isAgain = !kept.ok && kept.failure.code === "rights-changing";
    if (!isAgain || endMs - clock.nowMs() <= AGAIN_MS) return kept;
    await clock.sleep(AGAIN_MS, options.signal);
  }
}

async function keepOnce(
  pool: EtcdPool,
  clock: Clock,
  id: LeaseId,
  options: CallOptions,
): Promise<Result<Lease>> {
  const what = `keep the lease ${id}`;
  const endMs = clock.nowMs() + options.deadlineMs;
  const opened = await pool.open(
    { what, service: "Lease", method: "leaseKeepAlive" },
    options,
  );
  if (!opened.ok) return opened;
  const answer = await oneAnswer(opened.value, clock, what, id, {
    ...options,
    deadlineMs: Math.max(1, endMs - clock.nowMs()),
  });
  if (!answer.ok) return answer;
  const seconds = Number(answer.value.TTL);
  if (seconds > 0) return ok({ id, ttlMs: seconds * 1000 });
  return fail(`cannot ${what}: it has ended`, { code: "lease-gone" });
}

function oneAnswer(
  { stream, url, ended, spoiled, refused: judged }: OpenStream,
  clock: Clock,
  what: string,
  id: LeaseId,
  { deadlineMs, signal }: CallOptions,
): Promise<Result<ILeaseKeepAliveResponse>> {
  return new Promise((resolve) => {
    let isOver = false;
    const end = (result: Result<ILeaseKeepAliveResponse>) => {
      if (isOver) return;
      isOver = true;
      timer.cancel();
      signal?.removeEventListener("abort", abort);
      if (!result.ok && !SAID_WELL.has(result.failure.code ?? "")) spoiled();
      stream.cancel();
      ended();
      resolve(result);
    };
    const broken = ({ failure }: GrpcRefusal) => end({ ok: false, failure });
    const abort = () => broken(givenUp(what));
    const timer = clock.after(
      deadlineMs,
      () => broken(refused(what, url, "no answer in time", "deadline")),
    );
    stream.on("error", (error) => broken(judged(error)));
    stream.on("data", (message) => end(ok(message as ILeaseKeepAliveResponse)));
    stream.on("end", () => broken(refused(what, url, "the stream has ended", "unavailable")));
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) return abort();
    stream.write({ ID: id });
  });
}
