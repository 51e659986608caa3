/**
 * The records that the pool and a worker exchange, whatever carries them.
 *
 * A record is { kind, flags, slot, a, b, payload }. `slot` names the call, see worker-handle.ts.
 */

/** From the pool to a worker. */
export const INIT = 1; //      payload: WorkerInit
export const TASK = 2; //      slot: task id                          payload: TaskDefinition
export const CALL = 3; //      slot, a: task id                       payload: arguments, then the name if NAMED
export const ABORT = 4; //     slot                                   payload: the reason
export const FORGET = 5; //    slot: task id, or 0 for the whole table
export const RETIRE = 6; //    finish, run the finalizer, leave
export const PING = 7; //      answer with PONG
export const FLUSH = 8; //     answer with FLUSHED

/** From a worker to the pool. */
export const READY = 16; //    the initializer has run
export const FAILED_INIT = 17; //                                     payload: what the initializer threw
export const STARTED = 18; //  slot
export const RESULT = 19; //   slot, a: start (epoch ms), b: run ms   payload: the value
export const THROWN = 20; //   slot, a, b likewise                    payload: the thrown value
export const SKIPPED = 21; //  slot: the pool had taken the call back
export const PROGRESS = 22; // slot                                   payload: the value
export const GONE = 23; //     the finalizer has run; the worker ends
export const PONG = 24; //     its event loop is alive
export const FLUSHED = 25; //  what tasks have printed has left the worker
export const EXITS = 26; //    no claims only: it runs nothing more       payload: the slots of the calls that it started

/** Flags of CALL. */
export const NOTIFY_START = 1; // send STARTED before running
export const NAMED = 2; //        the payload ends with the task's name
/** Flag of RESULT and THROWN. */
export const OVER_MEMORY = 1; //  the worker is above maxMemoryPerWorker
/** Flag of any record: its payload, or what is beside that, comes beside the ring. */
export const BESIDE = 128;

/** Receives records. `payload` is valid during the call only. */
export type RecordHandler = (
  kind: number,
  flags: number,
  slot: number,
  a: number,
  b: number,
  payload: Uint8Array,
  extras: readonly unknown[],
) => void;

/** The payload of EXITS. */
export function slotBytes(slots: readonly number[]): Uint8Array {
  return new Uint8Array(Uint16Array.from(slots).buffer);
}

export function slotsIn(payload: Uint8Array): Uint16Array {
  return new Uint16Array(new Uint8Array(payload).buffer); // a copy, which is aligned
}

export const EMPTY: Uint8Array = new Uint8Array(0);
export const NO_EXTRAS: readonly unknown[] = [];
/** Bytes before a record's payload. */
export const HEADER_BYTES = 32;
