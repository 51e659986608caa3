/** SentJob: one or several calls of one function that travel together. */
import type { Sealed } from "./messages.js";
import type { RemoteCall } from "./remote-call.js";
import type { OutgoingJob } from "./transport.js";

export class SentJob implements OutgoingJob {
  readonly id: string;
  readonly name: string;
  readonly data: Sealed;
  readonly priority: number;
  readonly calls: readonly RemoteCall[];
  /** Whether Redis has said that it has it. Only then can it be missing. */
  confirmedAt: number | undefined;
  /** When a worker took it up. */
  startedAt: number | undefined;
  /** When it could not be added for the first time. */
  failingSince: number | undefined;
  /** In how many sweeps, one after the other, it was missing. */
  missing = 0;
  /** The number of the last news about it, which are never taken twice. */
  news = 0;
  /** Whether its result was found before all of its news, which were given time to come. */
  newsAwaited = false;

  constructor(id: string, data: Sealed, calls: readonly RemoteCall[]) {
    const first = calls[0] as RemoteCall;
    this.id = id;
    this.name = first.task.name;
    this.priority = first.priority;
    this.data = data;
    this.calls = calls;
    for (const call of calls) {
      call.state = "sent";
      call.job = this;
    }
  }

  get ended(): boolean {
    return this.calls.every(({ state }) => state === "ended");
  }
}
