/**
 * The limit for whoever sends one message per call: no pool, no promise per call in a flood, no error handling.
 */
import type { Peer, Pool } from "../peer.js";
import { advancedIpc, Channels, jsonIpc, type Medium, postMessage } from "./bare-channel.js";

export type { Message } from "./bare-channel.js";

function bare(medium: Medium): Peer<Pool> {
  const { name, kind, settings } = medium;
  return {
    name,
    kind,
    settings: `${settings}, one message per call, pipelined`,
    async start(task, workers) {
      const channels = new Channels(medium, task, workers);
      return {
        /** One call at a time: the next one only after the answer. */
        call: (argument) =>
          new Promise((resolve) => {
            channels.answered = ({ value }) => resolve(value);
            channels.send({ id: 0, value: argument });
          }),
        flood: (count, argument, inFlight = count) =>
          new Promise((resolve) => {
            let sent = 0;
            let left = count;
            channels.answered = () => {
              if (sent < count) channels.send({ id: sent++, value: argument });
              if (--left === 0) resolve();
            };
            while (sent < Math.min(count, inFlight)) channels.send({ id: sent++, value: argument });
          }),
        stop: () => channels.stop(),
      };
    },
  };
}

export const barePostMessage = bare(postMessage);
export const bareAdvancedIpc = bare(advancedIpc);
export const bareJsonIpc = bare(jsonIpc);
