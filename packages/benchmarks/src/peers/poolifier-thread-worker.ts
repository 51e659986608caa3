import { ThreadWorker } from "poolifier";
import type { Tasks } from "../tasks.js";
import * as tasks from "../tasks.js";

export default new ThreadWorker({ ...(tasks as Tasks) });
