// The library idna: the names of domains that are not in ASCII, by the package tr46 and its tables.
export { toASCII, toUnicode } from "tr46";
