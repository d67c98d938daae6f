import { ServiceError } from "./service-error.js";

const minuteMs = 60_000;

/** @param most - The cells of a tenant that may run at once. */
export function tooManyRunning(most: number): ServiceError {
  return new ServiceError(
    "ERR_QUOTA",
    `The tenant has ${most} cells that run, which are as many as it may have; wait for one of them.`,
    { retryAfterMs: 1000 },
  );
}

/** @param left - How many it may begin now, of which a part of one counts: less than 1. */
export function tooManyBegun(perMinute: number, left: number): ServiceError {
  return new ServiceError(
    "ERR_QUOTA",
    `The tenant may begin ${perMinute} cells a minute, and has begun as many.`,
    { retryAfterMs: Math.ceil((Math.max(0, 1 - left) / perMinute) * minuteMs) },
  );
}
