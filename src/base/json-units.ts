/** Code units, and bytes in UTF-8, of the characters that JSON is made of. */
export const lineFeed = 10;
export const carriageReturn = 13;
export const quote = 34;
export const comma = 44;
export const colon = 58;
export const openArray = 91;
export const backslash = 92;
export const closeArray = 93;
export const openObject = 123;
export const closeObject = 125;
