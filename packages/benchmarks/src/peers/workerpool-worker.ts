import workerpool from "workerpool";
import type { Tasks } from "../tasks.js";
import * as functions from "../tasks.js";

const tasks: Tasks = functions;

workerpool.worker(tasks);
