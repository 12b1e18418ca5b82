// How is the cost of one thing measured next to that of another? In pairs that take turns.

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

function readCount (name, byDefault) {
  const count = Number(process.env[name] ?? byDefault)
  if (!Number.isInteger(count) || count < 1) throw new Error(`${name} is a whole number from 1, and not ${process.env[name]}`)
  return count
}
