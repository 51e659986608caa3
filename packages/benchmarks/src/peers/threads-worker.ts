import { expose } from "threads/worker";
import type { Tasks } from "../tasks.js";
import * as tasks from "../tasks.js";

expose({ ...(tasks as Tasks) });
