/** `map` by hand, the limit for whoever maps: an array of items in each message, the results read as they come. */
import { checkSum, type Mapper, type Peer } from "../peer.js";
import { advancedIpc, Channels, jsonIpc, type Medium, postMessage } from "./bare-channel.js";

const CHUNK = 1_000;

/** Reads all results, of which there are as many as numbers, and gives their sum. */
type Read = (chunks: AsyncIterable<number[]>) => Promise<number>;

const chunkwise: Read = async (chunks) => {
  let sum = 0;
  for await (const chunk of chunks) for (const result of chunk) sum += result;
  return sum;
};

/** As a user of `map` reads: one result after the other. */
const itemwise: Read = async (chunks) => {
  async function* items() {
    for await (const chunk of chunks) for (const result of chunk) yield result; // yield* takes half as long again
  }
  let sum = 0;
  for await (const result of items()) sum += result;
  return sum;
};

function bareChunks(medium: Medium, how: string, read: Read): Peer<Mapper> {
  const { name, kind, settings } = medium;
  return {
    name: `${name}, chunks${how}`,
    kind,
    settings: `${settings}, messages of ${CHUNK.toLocaleString("en")} items, pipelined, results in any order`,
    async start(_task, workers) {
      const channels = new Channels(medium, "noopEach", workers);
      return {
        async map(numbers) {
          const arrived: number[][] = [];
          let wake = (): void => {};
          channels.answered = ({ value }) => {
            arrived.push(value as number[]);
            wake();
          };
          for (let from = 0; from < numbers.length; from += CHUNK) {
            channels.send({ id: from, value: numbers.slice(from, from + CHUNK) });
          }
          async function* chunks() {
            for (let left = Math.ceil(numbers.length / CHUNK); left > 0; left--) {
              while (arrived.length === 0) {
                await new Promise<void>((resolve) => {
                  wake = resolve;
                });
              }
              yield arrived.shift() ?? [];
            }
          }
          checkSum(await read(chunks()), numbers.length);
        },
        stop: () => channels.stop(),
      };
    },
  };
}

export const postMessageChunks = bareChunks(postMessage, "", chunkwise);
export const postMessageItems = bareChunks(postMessage, ", for await", itemwise);
export const advancedIpcChunks = bareChunks(advancedIpc, "", chunkwise);
export const jsonIpcChunks = bareChunks(jsonIpc, "", chunkwise);
