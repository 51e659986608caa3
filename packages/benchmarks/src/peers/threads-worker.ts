import { expose } from "threads/worker";
import { tasks } from "../tasks.js";

expose(tasks);
