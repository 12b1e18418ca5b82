// How does the CPU time of making the tag of a list grow with its members, next to serialising the same list?

import { defineEtag } from '../dist/index.js'
import { cpuTimeOf } from './cpu-time.mjs'
import { formatDoubling } from './doubling.mjs'
import { formatSpread, medianOf } from './spread.mjs'
import { printTable } from './tables.mjs'

const LENGTHS = [1, 10, 100, 1000, 10_000]
const ROUNDS = 15

/** Prints the time of the tag and of JSON.stringify by the length of the list, measured in turn. */
export function timeLists () {
  const { tag } = defineEtag({ source: { members: 'version' } })
  const lines = []
  let before
  for (const length of LENGTHS) {
    const list = Array.from({ length }, (_, id) => ({ id, version: id % 7, title: `Entity ${id}`, text: 'x'.repeat(90), done: id % 2 === 0 }))
    const calls = Math.max(1, Math.round(30_000 / length))
    const rounds = Array.from({ length: ROUNDS + 2 }, () => [cpuTimeOf(() => tag(list), calls), cpuTimeOf(() => JSON.stringify(list), calls)]).slice(2)
    const made = medianOf(rounds.map(([one]) => one))
    const written = medianOf(rounds.map(([, other]) => other))
    lines.push([length.toLocaleString('en'), made.toFixed(1), written.toFixed(1), formatSpread(rounds.map(([one, other]) => one / other)), formatDoubling(made, before?.made), formatDoubling(written, before?.written)])
    before = { made, written }
  }
  printTable('The tag of a list, microseconds of CPU', ['members', 'tag', 'JSON.stringify', 'JSON.stringify = 1', 'tag, a doubling: 2 linear', 'JSON.stringify, a doubling'], lines)
}
