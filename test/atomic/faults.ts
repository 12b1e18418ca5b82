import { otherViolations } from './history.js'
import type { Result, Row } from './run-row.js'
import { isGuarded } from './variants.js'

const LEAST_LOSS = 0.01

/** What a row does not prove that it should: nothing is lost where the write is guarded, and something is where it is not. */
export function faultsOf (row: Row, { report, putsAtKills }: Result): string[] {
  const { acknowledged, refused, violations } = report
  const others = otherViolations(report)
  const faults: string[] = []
  if (acknowledged < row.acknowledged) faults.push(`only ${acknowledged} writes were acknowledged`)
  if (refused < row.refused) faults.push(`only ${refused} writes were refused`)
  if (putsAtKills.length < row.kills || putsAtKills.some(puts => puts === 0)) faults.push(`a kill met no write: ${putsAtKills}`)

  if (isGuarded(row.variant)) {
    if (violations.lost > 0) faults.push(`${violations.lost} of ${acknowledged} acknowledged updates are lost`)
    if (others > 0) faults.push(`the history violates what it must hold: ${namesOf(violations)}`)
  } else {
    if (violations.lost < acknowledged * LEAST_LOSS) faults.push(`lost only ${violations.lost} of ${acknowledged}, so this row would not notice a loss`)
    if (others === 0) faults.push('the check of the history found nothing')
  }
  return faults
}

/** The violations that there are, by name and number. */
export function namesOf (violations: Result['report']['violations']): string {
  return Object.entries(violations).filter(([, count]) => count > 0).map(([name, count]) => `${name} ${count}`).join(', ')
}
