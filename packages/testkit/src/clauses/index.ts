/** All clauses, in the order of their groups. */
import type { Clause } from "../clause.js";
import { callbacks } from "./callbacks.js";
import { cancelling } from "./cancelling.js";
import { crashes } from "./crashes.js";
import { futures } from "./futures.js";
import { mapping } from "./mapping.js";
import { nesting } from "./nesting.js";
import { options } from "./options.js";
import { shutdown } from "./shutdown.js";
import { submitting } from "./submitting.js";
import { values } from "./values.js";
import { waiting } from "./waiting.js";
import { workers } from "./workers.js";

/** The contract, clause by clause. */
export const clauses: readonly Clause[] = [
  ...submitting,
  ...futures,
  ...callbacks,
  ...cancelling,
  ...waiting,
  ...mapping,
  ...options,
  ...values,
  ...shutdown,
  ...workers,
  ...crashes,
  ...nesting,
];
