// All that reads what a cell's process has written, as the fuzzer takes it.
export { BadFrame } from "./frame-reader.js";
export { FrameSplitter } from "./frame-splitter.js";
export { readCellFrame } from "./read-cell-frame.js";
