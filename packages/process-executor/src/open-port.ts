/** What every process that this package starts does first. */

import { setProcessIdentity } from "./process-identity.js";
import { ProcessPort } from "./process-port.js";
import { takeConfig } from "./worker-config.js";

/**
 * Takes up the connection to the parent. Called once, before anything of the user's runs.
 *
 * @throws {Error} this process was not started by this package, or cannot map what its parent shares
 */
export function openPort(): ProcessPort {
  process.on("SIGINT", () => {}); // Ctrl+C reaches the whole group, and it is the parent that decides
  process.send ??= () => false; // see worker-config.ts: there is no channel, and nobody listens
  const config = takeConfig();
  setProcessIdentity(config.identity);
  return new ProcessPort(config);
}
