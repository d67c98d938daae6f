// A cell, as a model writes it. It runs in a V8 isolate of its own; `tools` are the MCP servers'
// tools, and only what text() and image() hand out would reach the model.

text(`There are ${ALL_TOOLS.length} tools, from ${ALL_TOOLS[0].name} to ${ALL_TOOLS.at(-1).name}.`);

// Four calls of two servers at once: they take as long as the slowest, not as long as all together.
const [manifest, listing, weather, sum] = await Promise.all([
  tools.mcp__files__read_text_file({ path: "package.json" }),
  tools.mcp__files__list_directory_with_sizes({ path: "src", sortBy: "size" }),
  tools.mcp__everything__get_structured_content({ location: "Chicago" }),
  tools.mcp__everything__get_sum({ a: 19, b: 23 }),
]);
const { name, version } = JSON.parse(manifest.content);
text(`This is ${name} ${version}. In Chicago it is ${weather.temperature} °C. ${sum}`);

// Read the biggest source files and one that is not there; take each answer as it comes.
const biggest = listing.content
  .split("\n")
  .filter((line) => line.startsWith("[FILE]"))
  .slice(0, 4)
  .map((line) => `src/${line.split(/\s+/)[1]}`);
const paths = [...biggest, "src/not-there.ts"];
const lines = {};
for await (const answer of as_settled(
  paths.map((path) => tools.mcp__files__read_text_file({ path })),
)) {
  const path = paths[answer.index];
  if (answer.status === "fulfilled") {
    lines[path] = answer.value.content.split("\n").length;
  } else {
    text(`${path} cannot be read: ${answer.reason.message}`);
  }
}
// Four files were read, and this is all that is handed out of them.
text({ lines });

// The next cell starts from an empty isolate; what it needs is stored.
store("survey", { name, lines, largest: biggest[0] });

// Results with media keep their blocks: text, image, text.
const logo = await tools.mcp__everything__get_tiny_image({});
image(logo.content.find((block) => block.type === "image"));

// Hand over the output so far, and continue. The next wait for this cell returns the rest.
notify("starting something slow");
yield_control();
text(await tools.mcp__everything__trigger_long_running_operation({ duration: 2, steps: 4 }));
