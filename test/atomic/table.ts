import { otherViolations } from './history.js'
import type { Result, Row } from './run-row.js'

const COLUMNS = [
  'source', 'processes', 'kills', 'acknowledged', 'refused', 'indeterminate (applied)', 'lost', 'other violations', 'seconds'
] as const

/** The head of the table of rows. */
export const HEAD = line(COLUMNS)

/** One line of it. */
export function lineOf ({ variant, processes }: Row, { report, putsAtKills, seconds }: Result): string {
  return line([
    variant,
    processes,
    putsAtKills.length,
    report.acknowledged,
    report.refused,
    `${report.indeterminate} (${report.applied})`,
    report.violations.lost,
    otherViolations(report),
    seconds.toFixed(1)
  ])
}

function line (cells: ReadonlyArray<string | number>): string {
  return cells.map((cell, at) => at === 0 ? String(cell).padEnd(15) : String(cell).padStart(COLUMNS[at]!.length)).join('  ')
}
