/** What the parts of a Dispatcher have in common. */
import type { Keyring } from "./keyring.js";
import type { Values } from "./values.js";

export interface DispatcherOptions {
  readonly queue: string;
  readonly maxInFlight: number;
  readonly maxPayload: number;
  readonly expiryMs: number;
  readonly offlineTimeoutMs: number;
  readonly sweepIntervalMs: number;
  readonly keyring: Keyring;
  readonly values: Values;
  /** Settles when classes are known that are being looked for. */
  readonly classesKnown: () => Promise<unknown> | undefined;
  readonly log: (line: string) => void;
}
