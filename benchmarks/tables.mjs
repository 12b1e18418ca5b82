// How is a table printed? In Markdown, under a heading that says what it shows.

/** Prints a heading, and a paragraph that says what the tables below it show. */
export function printHeading (level, heading, text) {
  console.log(`${'#'.repeat(level)} ${heading}\n`)
  if (text !== undefined) console.log(`${text}\n`)
}

/** Prints a table under its title. */
export function printTable (title, columns, rows) {
  printHeading(3, title)
  printHead(columns)
  for (const cells of rows) printRow(cells)
  console.log()
}

/** Prints a table row by row, as soon as each is measured. */
export async function printMeasured (columns, rows) {
  printHead(columns)
  for await (const cells of rows) printRow(cells)
  console.log()
}

function printHead (columns) {
  printRow(columns)
  printRow(columns.map(() => '---'))
}

function printRow (cells) {
  console.log(`| ${cells.join(' | ')} |`)
}
