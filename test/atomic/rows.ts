import type { Row } from './run-row.js'
import { CONTROLS, GUARDED, type GuardedName, type VariantName } from './variants.js'

const GUARDED_NAMES = Object.keys(GUARDED) as GuardedName[]
const CONTROL_NAMES = Object.keys(CONTROLS) as VariantName[]

// two or three clients a document: some writers win and about as many are refused
const FULL = { clients: 20, documents: 8, acknowledged: 2000, refused: 2000, limitSeconds: 90 }
const SHORT = { clients: 10, documents: 4, acknowledged: 150, refused: 150, limitSeconds: 50 }

// hotter, since only writers who meet lose anything
const FULL_CONTROL = { clients: 16, documents: 4, kills: 0, acknowledged: 1000, refused: 1000, limitSeconds: 90 }
const SHORT_CONTROL = { ...FULL_CONTROL, acknowledged: 150, refused: 150, limitSeconds: 50 }

/** Every guarded variant on one process and on two, with and without kills, and then the controls. */
export const ALL_ROWS: readonly Row[] = [
  ...GUARDED_NAMES.flatMap(variant => [1, 2].flatMap(processes => [0, 4].map(kills => ({ ...FULL, variant, processes, kills })))),
  { ...FULL_CONTROL, variant: 'naive', processes: 1 },
  ...CONTROL_NAMES.map(variant => ({ ...FULL_CONTROL, variant, processes: 2 }))
]

/** The same in short: two processes and kills, and the controls, of which only the mutex needs two processes to lose. */
export const SHORT_ROWS: readonly Row[] = [
  ...GUARDED_NAMES.map(variant => ({ ...SHORT, variant, processes: 2, kills: variant === 'version' || variant === 'list' ? 3 : 1 })),
  ...CONTROL_NAMES.map(variant => ({ ...SHORT_CONTROL, variant, processes: variant === 'mutex' ? 2 : 1 }))
]
