// How are measurements of several rounds told? By the least, the median and the greatest.

export function medianOf (values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** `0.97 / **1.03** / 1.21`: the least, the median and the greatest of several ratios. */
export function formatSpread (ratios) {
  return `${formatRatio(Math.min(...ratios))} / **${formatRatio(medianOf(ratios))}** / ${formatRatio(Math.max(...ratios))}`
}

// A ratio under 0.05 is a fraction: 1/550.
function formatRatio (ratio) {
  if (ratio < 0.05) return `1/${Math.round(1 / ratio)}`
  return ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(ratio < 100 ? 1 : 0)
}
