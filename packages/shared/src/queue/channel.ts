/**
 * Channel: a ring of items, and waiting for it. What Queue and Pipe are made of.
 *
 *   put ──► bytes ──► ring ──► wake           get ──► ring ──► item ──► wake
 *             └─full─► park                      └─empty─► park
 *
 * C1  Whoever changes the ring looks afterwards who is parked (Parking K1).
 * C2  On one thread those who wait are served in their order: nobody takes the short way while another waits.
 * C3  A thread that finds items at every get still lets its event loop turn now and then.
 */

import { PendingClasses } from "@concurrent-futures/worker-pool";
import type { Parking, SyncWaitOptions, WaitOptions } from "../parking.js";
import { decodeItem, encodeItem, hasInstances, Unloaded } from "./items.js";
import { Lookout } from "./lookout.js";
import { Pins } from "./pins.js";
import { BUSY, DONE, type Outcome, REFUSED, Ring, type RingPlace } from "./ring.js";
import { settled, settledVoid } from "./turns.js";
import type { RingMemory } from "./windows.js";

/** What `getNow` gives when there is nothing. */
export const NOTHING: unique symbol = Symbol("nothing");
const LOCKED: unique symbol = Symbol("locked");

export interface ChannelOptions {
  /** How many items it holds; may be Infinity. */
  readonly limit: number;
  /** Why nothing more will come, once that is so; what is in it is received first. */
  readonly ended?: () => Error | undefined;
  /** Why nothing can be put any more. */
  readonly broken?: () => Error | undefined;
}

export class Channel {
  readonly #ring: Ring;
  readonly #parking: Parking;
  readonly #options: ChannelOptions;
  readonly #pins: Pins;
  readonly #lookout: Lookout;
  #putting = 0; // waits for room, on this thread
  #getting = 0;

  constructor(place: RingPlace, memory: RingMemory, parking: Parking, options: ChannelOptions) {
    const ring = new Ring(place, memory, () => parking.wake());
    this.#ring = ring;
    this.#parking = parking;
    this.#options = options;
    this.#pins = new Pins(ring, parking);
    this.#lookout = new Lookout(ring);
    parking.onDeath((party) => ring.bury(party + 1));
  }

  get size(): number {
    return this.#ring.size;
  }

  /**
   * @throws {SerializationError} (rejection) the item cannot be sent
   * @throws {RangeError} (rejection) it is too large; (at once) an option is wrong, as for TypeError
   */
  put(item: unknown, options?: WaitOptions): Promise<void> {
    let bytes: Uint8Array;
    try {
      bytes = this.#encode(item);
      if (options === undefined && this.#putting === 0 && this.#tryPut(bytes, item) === DONE) return settledVoid();
    } catch (error) {
      return Promise.reject(error);
    }
    // The encoder's memory is good for the first attempt. If others attempt before, they may use the encoder.
    let record = this.#parking.idle ? bytes : bytes.slice();
    let isPut = false;
    const waiting = this.#parking.wait(() => {
      isPut = this.#tryPut(record, item) === DONE;
      return isPut || undefined;
    }, options);
    if (!isPut && record === bytes) record = bytes.slice();
    this.#putting += 1;
    return waiting.then(
      () => {
        this.#putting -= 1;
      },
      (error: unknown) => {
        this.#putting -= 1;
        throw error;
      },
    );
  }

  putSync(item: unknown, options?: SyncWaitOptions): void {
    const bytes = this.#encode(item); // stays as it is: nothing else runs on this thread until it is put
    if (options === undefined && this.#tryPut(bytes, item) === DONE) return;
    this.#parking.waitSync(() => (this.#tryPut(bytes, item) === DONE ? true : undefined), options);
  }

  /** Returns whether there was room. */
  putNow(item: unknown): boolean {
    const bytes = this.#encode(item);
    const first = this.#tryPut(bytes, item);
    if (first !== BUSY) return first === DONE;
    const outcome = this.#parking.waitSync(() => {
      const next = this.#tryPut(bytes, item);
      return next === BUSY ? undefined : { isPut: next === DONE };
    });
    return outcome.isPut;
  }

  get(options?: WaitOptions): Promise<unknown> {
    if (options === undefined && this.#getting === 0) {
      try {
        let item = this.#tryGet();
        if (item === NOTHING && this.#lookout.watch()) item = this.#tryGet();
        if (item instanceof Unloaded) return this.#load(item, options);
        if (item !== NOTHING && item !== LOCKED) return settled(item);
      } catch (error) {
        return Promise.reject(error);
      }
    }
    const waiting = this.#parking.wait(this.#attempt, options);
    this.#getting += 1;
    return waiting.then(
      ({ item }) => {
        this.#getting -= 1;
        return item instanceof Unloaded ? this.#load(item, options) : item;
      },
      (error: unknown) => {
        this.#getting -= 1;
        throw error;
      },
    );
  }

  getSync(options?: SyncWaitOptions): unknown {
    if (options === undefined) {
      let item = this.#tryGet();
      if (item === NOTHING && this.#lookout.watch()) item = this.#tryGet();
      if (item !== NOTHING && item !== LOCKED) return loadedOnly(item);
    }
    return loadedOnly(this.#parking.waitSync(this.#attempt, options).item);
  }

  /** The next item, or NOTHING. */
  getNow(): unknown {
    const first = this.#tryGet();
    if (first !== LOCKED) return loadedOnly(first);
    const { item } = this.#parking.waitSync(() => {
      const next = this.#tryGet();
      return next === LOCKED ? undefined : { item: next };
    });
    return loadedOnly(item);
  }

  /** Resolves with true once there is an item, or nothing more will come; with false when that takes too long. */
  poll(options: WaitOptions): Promise<true> {
    return this.#parking.wait(this.#look, options);
  }

  pollSync(options: SyncWaitOptions): true {
    return this.#parking.waitSync(this.#look, options);
  }

  /** Whoever has the channel's memory was asked for its state: others will use it. */
  sent(): void {
    this.#pins.sent();
  }

  /** Has all who wait look again. */
  wake(): void {
    this.#parking.wake();
  }

  readonly #look = (): true | undefined => {
    const ended = this.#options.ended?.() !== undefined;
    return ended || this.#ring.size > 0 ? true : undefined;
  };

  /** Boxed, since an item may be undefined, which means "not yet" to Parking. */
  readonly #attempt = (): { readonly item: unknown } | undefined => {
    const item = this.#tryGet();
    return item === NOTHING || item === LOCKED ? undefined : { item };
  };

  #encode(item: unknown): Uint8Array {
    const bytes = encodeItem(item);
    const { longest } = this.#ring;
    if (bytes.length <= longest) return bytes;
    throw new RangeError(`Cannot put an item of ${bytes.length} bytes: at most ${longest} fit. Send it in parts`);
  }

  #tryPut(bytes: Uint8Array, item: unknown): Outcome {
    const broken = this.#options.broken?.();
    if (broken !== undefined) throw broken;
    const outcome = this.#ring.put(this.#parking.me + 1, bytes, this.#options.limit);
    if (outcome !== DONE) return outcome;
    if (bytes[0] !== 0 && hasInstances(bytes)) this.#pins.add(item);
    else this.#pins.prune();
    this.#parking.wake(); // C1
    return outcome;
  }

  #tryGet(): unknown {
    const ended = this.#options.ended?.(); // asked first: what was put before the end is in the ring then
    const owner = this.#parking.me + 1;
    const ring = this.#ring;
    const outcome = ring.open(owner);
    if (outcome !== DONE) {
      if (outcome === REFUSED && ended !== undefined) throw ended;
      return outcome === BUSY ? LOCKED : NOTHING;
    }
    const { taken } = ring;
    let item: unknown;
    let stays = false;
    try {
      item = decodeItem(ring);
      stays = item instanceof PendingClasses;
    } finally {
      // One that cannot be made here is gone, or nobody would ever get past it.
      if (stays) ring.leave();
      else ring.commit(owner);
      this.#parking.wake(); // C1
    }
    return stays ? new Unloaded(item as PendingClasses, taken) : item;
  }

  /** Waits for the item's classes and gets again; by then another may have taken it. */
  async #load(item: Unloaded, options: WaitOptions | undefined): Promise<unknown> {
    const start = performance.now();
    try {
      await item.loaded;
    } catch (error) {
      this.#drop(item);
      throw error;
    }
    if (options?.timeout === undefined) return this.get(options);
    return this.get({ ...options, timeout: Math.max(0, options.timeout - (performance.now() - start)) });
  }

  /** Takes an item away that cannot be made here, unless another has taken it. */
  #drop({ taken }: Unloaded): void {
    const owner = this.#parking.me + 1;
    const ring = this.#ring;
    this.#parking.waitSync(() => {
      const outcome = ring.open(owner);
      if (outcome !== DONE) return outcome === BUSY ? undefined : true;
      if (ring.taken === taken) ring.commit(owner);
      else ring.leave();
      return true;
    });
    this.#parking.wake();
  }
}

function loadedOnly(item: unknown): unknown {
  if (item instanceof Unloaded) throw item.refusal();
  return item;
}
