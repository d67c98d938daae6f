export function descendantsOf(pid?: number): number[];
export function isRunning(pid: number): boolean;
