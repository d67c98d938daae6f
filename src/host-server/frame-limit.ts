/** Bytes that one message of a wire may have, as the reference's host allows. */
export const maxMessageBytes: number = 64 * 1024 * 1024;
