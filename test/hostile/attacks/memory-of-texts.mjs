// Texts of half a gibi characters, which take no memory until somebody reads them: the engine puts them
// together of few pieces. A copy takes a gibibyte outside of every limit of the cell.
import { attacks } from "./table.mjs";
