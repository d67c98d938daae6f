import { builtin } from "./builtin.js";

/** How many processors this process may use. Node before 18.14 cannot tell, and only has to say that it is too old. */
export const processorCount: number = builtin("node:os").availableParallelism?.() ?? 1;
