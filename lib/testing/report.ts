import { FAULTS, type Fault } from './fault.js'

/** What shows a fault: what was sent, and what came back. */
export interface Finding {
  readonly fault: Fault
  readonly sent: string
  readonly came: string
}

/** One thing that was checked. */
export interface Checked {
  /** What must be true, as a sentence. */
  readonly claim: string
  readonly outcome: 'holds' | 'fails' | 'not checked'
  /** What shows that it fails. */
  readonly finding?: Finding
  /** Why it was not checked. */
  readonly because?: string
}

/** What came of checking a route. */
export class Report {
  readonly checks: readonly Checked[]

  constructor (checks: readonly Checked[]) {
    this.checks = checks
  }

  /** What is wrong, each once. */
  get faults (): readonly Fault[] {
    return [...new Set(this.checks.flatMap(({ finding }) => finding === undefined ? [] : [finding.fault]))]
  }

  /** The checks and their outcomes, a line each, and below those that fail what was sent, what came, what it means and what to change. */
  toString (): string {
    return this.checks.map(lineOf).join('\n')
  }
}

const MARKS = { holds: 'ok  ', fails: 'FAIL', 'not checked': '-   ' } as const

function lineOf ({ claim, outcome, finding, because }: Checked): string {
  const line = `${MARKS[outcome]} ${claim}`
  if (finding === undefined) return because === undefined ? line : `${line} (${because})`
  const { meaning, cure } = FAULTS[finding.fault]
  return [
    line,
    `       fault:  ${finding.fault}`,
    `       sent:   ${finding.sent}`,
    `       came:   ${finding.came}`,
    `       means:  ${meaning}`,
    `       change: ${cure}`
  ].join('\n')
}

/** A route that does not keep what it promises; the message is the report. */
export class RouteError extends Error {
  override readonly name = 'RouteError'
  readonly report: Report

  constructor (report: Report) {
    super(`The route fails ${report.checks.filter(({ outcome }) => outcome === 'fails').length} of ${report.checks.length} checks\n${report}`)
    this.report = report
  }
}
