/** The other libraries and the bare loops, by kind. */
import type { Peer, Pool } from "../peer.js";
import { bareAdvancedIpc, bareJsonIpc, barePostMessage } from "./bare.js";
import { jestWorkerProcesses, jestWorkerThreads } from "./jest-worker.js";
import { piscina, piscina64 } from "./piscina.js";
import {
  poolifierCluster,
  poolifierClusterLeastUsed,
  poolifierThreads,
  poolifierThreadsLeastUsed,
} from "./poolifier.js";
import { threads, threads64 } from "./threads.js";
import { tinypoolProcesses, tinypoolProcesses64, tinypoolThreads, tinypoolThreads64 } from "./tinypool.js";
import { workerpoolProcesses, workerpoolThreads } from "./workerpool.js";

/** Set up for many short calls: each library with one call per worker and, where it can, also with several. */
export const threadPeers: readonly Peer<Pool>[] = [
  piscina,
  piscina64,
  tinypoolThreads,
  tinypoolThreads64,
  workerpoolThreads,
  poolifierThreads,
  jestWorkerThreads,
  threads64,
];

export const processPeers: readonly Peer<Pool>[] = [
  tinypoolProcesses,
  tinypoolProcesses64,
  workerpoolProcesses,
  poolifierCluster,
  jestWorkerProcesses,
];

/** Set up for calls that differ in length or come one at a time: whoever is free gets the next one. */
export const threadsOneByOne: readonly Peer<Pool>[] = [
  piscina,
  tinypoolThreads,
  workerpoolThreads,
  poolifierThreadsLeastUsed,
  jestWorkerThreads,
  threads,
];

export const processesOneByOne: readonly Peer<Pool>[] = [
  tinypoolProcesses,
  workerpoolProcesses,
  poolifierClusterLeastUsed,
  jestWorkerProcesses,
];

/** One message per call and nothing else; what no pool that sends one message per call can beat. */
export const limits: readonly Peer<Pool>[] = [barePostMessage, bareAdvancedIpc, bareJsonIpc];
