// A second cell of the same session: a new isolate with nothing in it but what the first one stored.

const survey = load("survey");
const total = Object.values(survey.lines).reduce((sum, lines) => sum + lines, 0);
text(`The biggest files of ${survey.name} have ${total} lines together.`);

// Look at the largest again, with two tools at once.
const [head, info] = await Promise.all([
  tools.mcp__files__read_text_file({ path: survey.largest, head: 5 }),
  tools.mcp__files__get_file_info({ path: survey.largest }),
]);
const size = /size: (\d+)/.exec(info.content)?.[1];
text(`${survey.largest} is the largest, with ${size} bytes. It begins:\n\n${head.content}`);
