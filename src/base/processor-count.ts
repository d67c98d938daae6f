import { builtin } from "./builtin.js";

/** How many processors this process may use. */
export const processorCount: number = builtin("node:os").availableParallelism();
