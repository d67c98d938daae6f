import { describe, expect, test } from "vitest";
import { joinedText } from "../../src/model/joined-text.js";
import { type Media, type MediaTypes, withMedia } from "../../src/model/media.js";
import { outcomeNotes } from "../../src/model/notes.js";
import type { CellOutcome, OutputItem } from "../../src/protocol/outcome.js";

const text = (of: string): OutputItem => ({ type: "text", text: of });

describe("the texts of an output", () => {
  test.each<[readonly OutputItem[], string | undefined]>([
    [[], ""],
    [[text("a")], "a"],
    [[text("a"), text("b")], "a\nb"],
    [[text("a\n"), text("b\n")], "a\nb\n"],
    [[text(""), text("a")], "a"],
    [[text("a"), text(""), text("b")], "a\nb"],
    [[text("a"), { type: "image", imageUrl: "data:,", detail: "high" }], undefined],
    [[{ type: "audio", audioUrl: "data:," }], undefined],
  ])("%j are one, each on lines of its own: %j", (items, expected) => {
    expect(joinedText(items)).toBe(expected);
  });
});

describe("the media that an API takes", () => {
  const taken: MediaTypes = { images: ["image/png"] };

  test.each<[Media | undefined, Media]>([
    [undefined, taken],
    [true, taken],
    [false, false],
    [{ images: ["image/gif"] }, { images: ["image/gif"], audio: [] }],
    [{ audio: ["audio/wav"] }, { audio: [] }],
  ])("of an API without sound are with %j: %j", (media, expected) => {
    expect(withMedia({ media, other: 1 }, taken)).toEqual({ media: expected, other: 1 });
  });

  test("of an API with sound are as they are said", () => {
    const withSound = { ...taken, audio: ["audio/wav"] };
    const media = { audio: ["audio/mpeg"] };
    expect(withMedia({ media }, withSound)).toEqual({ media });
    expect(withMedia({}, withSound)).toEqual({ media: withSound });
  });
});

describe("what a model is told of a script besides its output", () => {
  const failed = { type: "notificationFailed", text: "x" } as const;
  const rejected = (of: string) => ({ type: "unhandledRejection", text: of }) as const;
  const notes = (outcome: object): readonly string[] =>
    outcomeNotes({
      ...{ cellId: "1", warnings: [], output: [text("a")], usage: { outputBytes: 1 } },
      ...{ status: "completed", ...outcome },
    } as unknown as CellOutcome);
  const nothing = "Note: a promise was rejected and nothing handled it: ";

  test.each<[string, object, readonly string[]]>([
    ["nothing where there is nothing", {}, []],
    ["a notification", { warnings: [failed] }, ["Note: a notification did not arrive."]],
    ["more", { warnings: [failed, failed] }, ["Note: 2 notifications did not arrive."]],
    [
      "three rejections",
      { warnings: ["a\nat b", "b\r\n", "c\u2028d"].map(rejected) },
      [`${nothing}a`, `${nothing}b`, `${nothing}c`],
    ],
    [
      "how many more there are",
      { warnings: ["a", "b", "c", "d", "e"].map(rejected) },
      [`${nothing}a`, `${nothing}b`, `${nothing}c`, "Note: 2 more rejections were not handled."],
    ],
    [
      "that nothing was handed out",
      { output: [], usage: { outputBytes: 0 } },
      ["Note: the script handed nothing out. text(value) hands out what you want to read."],
    ],
    ["not that, of one that was told before", { output: [], usage: { outputBytes: 5 } }, []],
    ["not that, of one that failed", { status: "failed", output: [], usage: {} }, []],
    ["nothing of one that was ended", { status: "terminated", warnings: [failed] }, []],
    ["nothing of one that waits for nobody", { status: "yielded" }, []],
    [
      "whom one waits for",
      { status: "yielded", pendingApprovals: ["a", "b"] },
      ["Note: the script waits for approval of tools.a, tools.b."],
    ],
    [
      "five of those at most",
      { status: "yielded", pendingApprovals: ["a", "b", "c", "d", "e", "f"] },
      [
        "Note: the script waits for approval of tools.a, tools.b, tools.c, tools.d, tools.e and 1 more.",
      ],
    ],
  ])("is %s", (_what, outcome, expected) => {
    expect(notes(outcome)).toEqual(expected);
  });

  test("is cut where a line has more than two hundred characters", () => {
    const [whole] = notes({ warnings: [rejected("x".repeat(200))] });
    expect(whole).toBe(nothing + "x".repeat(200));
    const [cut = ""] = notes({ warnings: [rejected("x".repeat(201))] });
    expect(cut).toBe(`${nothing}${"x".repeat(200)}…`);
    const [line] = notes({ warnings: [rejected(`${"x".repeat(200)}\ny`)] });
    expect(line).toBe(nothing + "x".repeat(200));
  });
});
