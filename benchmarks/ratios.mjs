// How is the cost of one thing shown next to that of another? In pairs that take turns, as min / median / max of their ratios.

/** How often each thing is measured beside its base: `PAIRS=5 node http.mjs` shortens a run. */
export const PAIRS = readCount('PAIRS', 12)

/** Measures base, own, base, own, … base, and gives each own as a ratio to the mean of the two bases around it. */
export async function pairedRatios (measureBase, measureOwn, pairs = PAIRS) {
  const ratios = []
  let before = await measureBase()
  for (let pair = 0; pair < pairs; pair++) {
    const own = await measureOwn()
    const after = await measureBase()
    ratios.push(2 * own / (before + after))
    before = after
  }
  return ratios
}

export function medianOf (numbers) {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** `0.97 / **1.03** / 1.21`: the least, the median and the greatest. */
export function formatSpread (ratios) {
  return `${formatRatio(Math.min(...ratios))} / **${formatRatio(medianOf(ratios))}** / ${formatRatio(Math.max(...ratios))}`
}

/** A ratio under 0.05 is a fraction: 1/550. */
export function formatRatio (ratio) {
  if (ratio < 0.05) return `1/${Math.round(1 / ratio)}`
  return ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(ratio < 100 ? 1 : 0)
}

/** Prints a heading, and a paragraph that says what the tables below it show. */
export function printHeading (level, heading, text) {
  console.log(`${'#'.repeat(level)} ${heading}\n`)
  if (text !== undefined) console.log(`${text}\n`)
}

/** Prints a Markdown table row by row, as soon as each is there: `rows` may be an async iterable. */
export async function printTable (columns, rows) {
  printRow(columns)
  printRow(columns.map(() => '---'))
  for await (const cells of rows) printRow(cells)
  console.log()
}

function printRow (cells) {
  console.log(`| ${cells.join(' | ')} |`)
}

function readCount (name, byDefault) {
  const count = Number(process.env[name] ?? byDefault)
  if (!Number.isInteger(count) || count < 1) throw new Error(`${name} is a whole number from 1, and not ${process.env[name]}`)
  return count
}
