/**
 * Wakes those who are parked, if there are any. To find that there are none takes a few loads, and no store that the
 * other side would have to wait for; Parking K1 allows it: who parks says so before looking at what was changed.
 */
import { BIT_WORDS, RINGS, SLEEPERS } from "../layout.js";
import type { Parking } from "../parking.js";

export function wake(parking: Parking): void {
  const { table } = parking;
  for (let i = 0; i < BIT_WORDS; i++) {
    if ((Atomics.load(table, SLEEPERS + i) | Atomics.load(table, RINGS + i)) !== 0) {
      parking.wake();
      return;
    }
  }
}
