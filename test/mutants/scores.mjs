// How many mutants of each file were noticed when it was looked at last, kept in the repository.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../../scripts/lib/command.mjs";
import { findMutants } from "./find-mutants.mjs";
import { nativeFaults } from "./native-faults/index.mjs";
import { floorOf, roomOf, rooms } from "./rooms.mjs";
import { intervalOf } from "./some-of-each-room.mjs";
import { sourceFiles } from "./tree.mjs";

const kept = fileURLToPath(new URL("scores.json", import.meta.url));
const page = fileURLToPath(new URL("README.md", import.meta.url));
const begin = "<!-- scores -->\n\n";
const end = "\n<!-- end -->";

/**
 * @typedef {object} FileScore
 * @property {string} hash - Of the file's text when it was judged.
 * @property {number} mutants - That count: which change something observable.
 * @property {number} noticed
 * @property {readonly string[]} tests - The files of tests that noticed one.
 */

/**
 * @typedef {object} SampleScore
 * @property {string} seed
 * @property {number} of - How many mutants the room had.
 * @property {number} mutants - That were judged.
 * @property {number} noticed
 */

/**
 * @typedef {object} Scores
 * @property {Record<string, FileScore>} src - By path in src/.
 * @property {Record<string, SampleScore>} samples - By room.
 * @property {Record<string, boolean>} native - Whether the fault was noticed, by its sentence.
 */

/** @returns {Scores} */
export function readScores() {
  const scores = existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) : {};
  return { src: {}, samples: {}, native: {}, ...scores };
}

/**
 * @param {readonly import("./judge.mjs").Verdict[]} verdicts - Of one file.
 * @returns {FileScore}
 */
export function scoreOf(verdicts) {
  const counted = verdicts.filter(({ state }) => state !== "unobservable");
  const noticed = counted.filter(isNoticed);
  const tests = noticed.flatMap(({ by }) => /^test\/\S+\.test\.ts/.exec(by ?? "")?.[0] ?? []);
  return {
    hash: verdicts[0]?.source.hash ?? "",
    mutants: counted.length,
    noticed: noticed.length,
    tests: [...new Set(tests)].sort(),
  };
}

/**
 * Whether a file is what it was when it was judged: only then its score can be compared with a new one.
 * @param {import("./tree.mjs").SourceFile} source
 * @param {FileScore | undefined} score
 */
export function isOfThisText({ hash }, score) {
  return score?.hash === hash;
}

/** @param {import("./judge.mjs").Verdict} verdict */
export function isNoticed({ state }) {
  return state === "noticed" || state === "hung";
}

/**
 * Adds what was found to what is kept, and writes the tables.
 * @param {Partial<Scores>} found
 */
export function writeScores({ src = {}, samples = {}, native = {} }) {
  const before = readScores();
  const scores = {
    src: ofThese(sourceFiles(), { ...before.src, ...src }),
    samples: ofThese(rooms, { ...before.samples, ...samples }),
    native: ofThese(
      nativeFaults.flatMap(({ fault, hiddenBy }) => (hiddenBy === undefined ? [fault] : [])),
      { ...before.native, ...native },
    ),
  };
  const parts = Object.entries(scores).map(([part, record]) => `"${part}": ${linesOf(record)}`);
  writeFileSync(kept, `{\n${parts.join(",\n")}\n}\n`);
  const text = readFileSync(page, "utf8");
  const [head = ""] = text.split(begin);
  const tables = `${tableOfRooms(scores)}\n${tableOfFaults(scores.native)}`;
  writeFileSync(page, head + begin + tables + text.slice(text.indexOf(end)));
}

/**
 * One entry a line, so that a change shows what has changed.
 * @param {Readonly<Record<string, unknown>>} record
 */
function linesOf(record) {
  const lines = Object.entries(record).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return `{\n${lines.join(",\n")}\n}`;
}

/**
 * What is kept of those that are still there, in this order.
 * @template Value
 * @param {readonly string[]} keys
 * @param {Readonly<Record<string, Value>>} record
 * @returns {Record<string, Value>}
 */
function ofThese(keys, record) {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = record[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

/** @param {Pick<Scores, "src" | "samples">} scores */
function tableOfRooms({ src, samples }) {
  const rows = rooms.flatMap((room) => {
    const files = sourceFiles().filter(
      (file) => roomOf(file) === room && (src[file] !== undefined || hasMutants(file)),
    );
    const known = files.flatMap((file) => src[file] ?? []);
    const sample = known.length < files.length ? samples[room] : undefined;
    const floor = `${floorOf(room)} %`;
    return [
      ...(known.length === 0 ? [] : [rowOfFiles(room, known, files.length, floor)]),
      ...(sample === undefined ? [] : [rowOfSample(room, sample, floor)]),
    ];
  });
  return table(["room of src/", "looked at", "mutants", "noticed", "", "wanted"], rows);
}

/** @type {Map<string, boolean>} */
const found = new Map();

/**
 * Whether mutants can be made of a file: not of one that has types only.
 * @param {string} file - In src/.
 */
function hasMutants(file) {
  const known = found.get(file);
  if (known !== undefined) return known;
  const has = findMutants(readFileSync(path.join(root, "src", file), "utf8")).mutants.length > 0;
  found.set(file, has);
  return has;
}

/**
 * @param {string} room
 * @param {readonly FileScore[]} known
 * @param {number} files - That the room has, with mutants.
 * @param {string} floor
 */
function rowOfFiles(room, known, files, floor) {
  const sum = (/** @type {"mutants" | "noticed"} */ what) =>
    known.reduce((total, score) => total + score[what], 0);
  const looked = known.length === files ? "all" : `${known.length} of ${files} files`;
  const [mutants, noticed] = [sum("mutants"), sum("noticed")];
  return `| ${room} | ${looked} | ${mutants} | ${noticed} | ${percent(noticed, mutants)} | ${floor} |`;
}

/**
 * @param {string} room
 * @param {SampleScore} sample
 * @param {string} floor
 */
function rowOfSample(room, sample, floor) {
  const { mutants, of, noticed } = sample;
  const looked = `${mutants} of ${of} mutants, by chance`;
  return `| ${room} | ${looked} | ${mutants} | ${noticed} | ${shareOf(sample)} | ${floor} |`;
}

/**
 * What a sample says of its room.
 * @param {SampleScore} sample
 */
export function shareOf({ noticed, mutants, of }) {
  if (mutants === of) return percent(noticed, mutants);
  const { low, high } = intervalOf(noticed, mutants);
  const [from, to] = [Math.floor(100 * low), Math.ceil(100 * high)];
  return `${percent(noticed, mutants)} (${from} to ${to} %)`;
}

/** @param {Readonly<Record<string, boolean>>} scores */
function tableOfFaults(scores) {
  const folders = [...new Set(nativeFaults.map(({ file }) => path.dirname(file)))].sort();
  const rows = folders.flatMap((folder) => {
    const known = nativeFaults
      .filter(({ file }) => path.dirname(file) === folder)
      .flatMap(({ fault }) => scores[fault] ?? []);
    if (known.length === 0) return [];
    const noticed = known.filter(Boolean).length;
    return [
      `| ${folder} | ${known.length} | ${noticed} | ${percent(noticed, known.length)} | 85 % |`,
    ];
  });
  return table(["folder of native/", "faults", "noticed", "", "wanted"], rows);
}

/**
 * @param {readonly string[]} heads
 * @param {readonly string[]} rows
 */
function table(heads, rows) {
  const rule = `|${heads.map(() => "---|").join("")}`;
  return `${[`| ${heads.join(" | ")} |`, rule, ...rows].join("\n")}\n`;
}

/**
 * @param {number} part
 * @param {number} all
 */
export function percent(part, all) {
  return all === 0 ? "–" : `${Math.floor((100 * part) / all)} %`;
}
