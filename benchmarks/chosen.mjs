// Which part of a benchmark was asked for? `ONLY=plugin node http.mjs '10 KB' '1 MB'` takes these sizes, and the rows whose names have the word.

/** The sizes among the arguments, or all of them. */
export function chosenSizes (sizes) {
  const chosen = process.argv.slice(2)
  const unknown = chosen.find(size => !sizes.includes(size))
  if (unknown !== undefined) throw new Error(`No size is ${unknown}: take of ${sizes.join(', ')}`)
  return chosen.length === 0 ? sizes : chosen
}

/** The names that have the word in ONLY, or all of them. */
export function chosenNames (names) {
  const { ONLY } = process.env
  return ONLY === undefined ? names : names.filter(name => name.includes(ONLY))
}
