/** The other libraries and the bare loops, by kind: workloads say `...threadPeers`. */
import type { Peer, Pool } from "../peer.js";
import { bareAdvancedIpc, bareJsonIpc, barePostMessage } from "./bare.js";
import { jestWorkerProcesses, jestWorkerThreads } from "./jest-worker.js";
import { piscina, piscina64 } from "./piscina.js";
import { poolifierCluster, poolifierThreads } from "./poolifier.js";
import { threads64 } from "./threads.js";
import { tinypoolProcesses, tinypoolProcesses64, tinypoolThreads, tinypoolThreads64 } from "./tinypool.js";
import { workerpoolProcesses, workerpoolThreads } from "./workerpool.js";

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

/** One message per call and nothing else; what no pool that sends one message per call can beat. */
export const limits: readonly Peer<Pool>[] = [barePostMessage, bareAdvancedIpc, bareJsonIpc];
