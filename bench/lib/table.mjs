/**
 * A table as lines of text: the first column begins at the left, the others end at the right.
 * @param {readonly string[]} columns - Their names.
 * @param {readonly (readonly string[])[]} rows - As many texts each as there are columns.
 */
export function formatTable(columns, rows) {
  const table = [columns, ...rows];
  const widths = columns.map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table.map((row) => formatRow(row, widths)).join("\n");
}

/**
 * @param {readonly string[]} row
 * @param {readonly number[]} widths
 */
function formatRow(row, widths) {
  return widths
    .map((width, column) => {
      const text = row[column] ?? "";
      return column === 0 ? text.padEnd(width) : text.padStart(width);
    })
    .join("  ");
}
