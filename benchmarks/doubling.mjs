// How does a cost grow? By what it is multiplied when what it is of doubles: 2 is linear.

/** From ten times as many there are so many doublings. */
export function formatDoubling (now, tenthBefore) {
  return tenthBefore === undefined ? '' : ((now / tenthBefore) ** (1 / Math.log2(10))).toFixed(1)
}
