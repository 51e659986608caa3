/**
 * What an executor needs of a queue. BullMQ is one; another (NATS JetStream, say) would implement this and have the rest
 * of the executor for nothing.
 */

/** A job to be added. Adding one whose id the queue has already changes nothing. */
export interface OutgoingJob {
  readonly id: string;
  /** The function's name, which dashboards show. */
  readonly name: string;
  readonly data: object;
  /** Higher first. */
  readonly priority: number;
}

/** What the queue knows of a job. */
export type JobState =
  | { readonly kind: "missing" | "waiting" | "active" }
  | { readonly kind: "completed"; readonly value: string }
  | { readonly kind: "failed"; readonly reason: string };

/** A worker that says that it lives. */
export interface WorkerNote {
  readonly id: string;
  readonly concurrency: number;
}

export interface TransportEvents {
  /** The queue can be reached, for the first time or again. */
  online(): void;
  /** The queue cannot be reached any more. */
  offline(): void;
  active(id: string): void;
  progress(id: string, data: string): void;
  completed(id: string, value: string): void;
  failed(id: string): void;
}

/** How a submitter uses a queue. Everything may reject while the queue cannot be reached. */
export interface Transport {
  /** Where workers may send results ahead of the queue's own word of them. */
  readonly inbox: string;
  /** Adds jobs, in order. */
  add(jobs: readonly OutgoingJob[]): Promise<void>;
  /** What is known of jobs, in their order. */
  look(ids: readonly string[]): Promise<JobState[]>;
  /** Takes a waiting job back; whether it did. */
  remove(id: string): Promise<boolean>;
  /** Tells all workers. */
  broadcast(message: string): Promise<void>;
  /** Those that gave a sign of life of late. */
  workers(): Promise<WorkerNote[]>;
  /** Whether there is something to wait for, which shall keep the program alive. */
  keepAlive(needed: boolean): void;
  close(): Promise<void>;
}
