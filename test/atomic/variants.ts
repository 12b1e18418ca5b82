import { mutex } from './controls/mutex.js'
import { naive } from './controls/naive.js'
import { subSelect } from './controls/sub-select.js'
import { tagAfterBody } from './controls/tag-after-body.js'
import { transaction } from './controls/transaction.js'
import { digest } from './guarded/digest.js'
import { list } from './guarded/list.js'
import { timestamp } from './guarded/timestamp.js'
import { parsed, version } from './guarded/version.js'
import { xmin } from './guarded/xmin.js'
import type { Variant } from './variant.js'

/** Writes that lose nothing, by what names a version. */
export const GUARDED = { version, parsed, xmin, timestamp, digest, list } satisfies Record<string, Variant>

/** Writes that look safe and lose updates: what finds nothing here proves nothing there. */
export const CONTROLS = { naive, transaction, 'sub-select': subSelect, 'tag-after-body': tagAfterBody, mutex } satisfies Record<string, Variant>

export const VARIANTS: Readonly<Record<string, Variant>> = { ...GUARDED, ...CONTROLS }

export type GuardedName = keyof typeof GUARDED
export type VariantName = GuardedName | keyof typeof CONTROLS

export function isGuarded (name: VariantName): name is GuardedName {
  return name in GUARDED
}
