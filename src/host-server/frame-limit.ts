/** Bytes that one message of a wire may have, as the reference's host allows. */
export const maxMessageBytes: number = 64 * 1024 * 1024;

/** Bytes that may wait for a client which does not read. */
export const defaultBacklogBytes: number = 4 * maxMessageBytes;
