/** `map` by hand, the limit for whoever maps: an array of items in each message, the results summed as they come. */
import { checkSum, type Mapper, type Peer } from "../peer.js";
import { advancedIpc, Channels, jsonIpc, type Medium, postMessage } from "./bare-channel.js";

const CHUNK = 1_000;

function bareChunks(medium: Medium): Peer<Mapper> {
  const { name, kind, settings } = medium;
  return {
    name: `${name}, chunks`,
    kind,
    settings: `${settings}, messages of ${CHUNK.toLocaleString("en")} items, pipelined, results in any order`,
    async start(_task, workers) {
      const channels = new Channels(medium, "noopEach", workers);
      return {
        async map(numbers) {
          let left = numbers.length;
          let sum = 0;
          await new Promise<void>((resolve) => {
            channels.answered = ({ value }) => {
              for (const result of value as number[]) sum += result;
              left -= (value as number[]).length;
              if (left === 0) resolve();
            };
            for (let from = 0; from < numbers.length; from += CHUNK) {
              channels.send({ id: from, value: numbers.slice(from, from + CHUNK) });
            }
          });
          checkSum(sum, numbers.length);
        },
        stop: () => channels.stop(),
      };
    },
  };
}

export const postMessageChunks = bareChunks(postMessage);
export const advancedIpcChunks = bareChunks(advancedIpc);
export const jsonIpcChunks = bareChunks(jsonIpc);
