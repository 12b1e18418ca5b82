// How are measurements of several rounds told? By the least, the median and the greatest.

export function medianOf (values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Least / **median** / greatest, with so many digits. */
export function spreadOf (values, digits = 2) {
  const [least, median, greatest] = [Math.min(...values), medianOf(values), Math.max(...values)].map(value => value.toFixed(digits))
  return `${least} / **${median}** / ${greatest}`
}

export function printTable (title, head, rows) {
  console.log(`\n### ${title}\n\n| ${head.join(' | ')} |\n|${' --- |'.repeat(head.length)}`)
  for (const row of rows) console.log(`| ${row.join(' | ')} |`)
}
