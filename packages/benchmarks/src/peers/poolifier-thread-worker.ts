import { ThreadWorker } from "poolifier";
import type { Tasks } from "../tasks.js";
import * as functions from "../tasks.js";

const tasks: Tasks = functions;

export default new ThreadWorker(tasks);
