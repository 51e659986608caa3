import { expose } from "threads/worker";
import type { Tasks } from "../tasks.js";
import * as functions from "../tasks.js";

const tasks: Tasks = functions;

expose(tasks);
