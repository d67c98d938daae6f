/** Bytes of one message; a server that sends more in one is broken. */
export const maxMessageBytes: number = 32 * 1024 * 1024;

/** Values, keys included, of one message: to parse more takes longer than the event loop may stand still. */
export const maxMessageValues = 120_000;

export const tooManyValues: string =
  `the server's answer is made of more than ${maxMessageValues} values, keys included; ` +
  "ask for less at a time";
