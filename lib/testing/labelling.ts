import { FUNDAMENTAL, UNGUARDED, type Check } from './check.js'
import { whileHeld } from './hold.js'
import { comeBetween } from './racing.js'
import { shownBy, type Resource, type Shown } from './resource.js'
import { isSuccess, type Exchange } from './target.js'
import { NotChecked, Wrong } from './wrong.js'

/** Makes a write wait when it has written, lets another one be done, and looks at the tag of its answer. */
async function checkWriteLabel (resource: Resource): Promise<void> {
  const before = await resource.show()
  let written!: Shown
  const answered = await whileHeld('written', mark => resource.write(before, { 'if-match': before.etag, ...mark }), async () => {
    written = await resource.show()
    await comeBetween(resource, written)
  })
  if (answered.came.etag === undefined) throw new NotChecked('the answer carries no tag')
  if (answered.came.etag !== written.etag) throw new Wrong('tag-reloaded', answered)
}

/** Makes a read wait when it has its state, lets a write be done, and looks whether tag and body are of one moment. */
async function checkReadLabel (resource: Resource): Promise<void> {
  const before = await resource.show()
  const read = await whileHeld('loaded', mark => resource.read(mark), () => comeBetween(resource, before))
  const { etag, body } = shownBy(read)
  const after = await resource.show()
  const shown = etag === before.etag ? before : after
  if (shown.etag !== etag || !await resource.isSame(shown.body, body)) throw new Wrong('tag-after-body', read)
}

const ROUNDS = 25

/** Reads and writes at once, and looks whether any tag names two bodies. */
async function checkOneBodyATag (resource: Resource): Promise<void> {
  const reads: Exchange[] = []
  const writes: Exchange[] = []
  const clients = Array.from({ length: resource.writers }, async (_, at) => {
    for (let round = 0; round < ROUNDS; round++) {
      const shown = await resource.read()
      reads.push(shown)
      const { etag, body } = shown.came
      if (at % 2 === 0 && etag !== undefined) writes.push(await resource.write({ etag, body }, { 'if-match': etag }))
    }
  })
  // none of them goes on when the check is over, though one of them fails
  await Promise.allSettled(clients)
  await Promise.all(clients)
  const unread = reads.find(({ came: { status } }) => status !== 200)
  if (unread !== undefined) throw new NotChecked(`a read among many is answered by ${unread.came.status}`)
  if (!writes.some(isSuccess)) throw new NotChecked('no write among many is done')
  for (const [one, other] of pairs(reads)) {
    if (!await resource.isSame(one.came.body, other.came.body)) throw new Wrong('tag-after-body', one, other)
  }
  const [claimed] = pairs(writes.filter(isSuccess))
  if (claimed !== undefined) throw new Wrong('tag-reloaded', ...claimed)
}

// Each exchange with the first one that carries the same tag.
function * pairs (exchanges: readonly Exchange[]): Generator<[Exchange, Exchange]> {
  const first = new Map<string, Exchange>()
  for (const exchange of exchanges) {
    const { etag } = exchange.came
    if (etag === undefined) continue
    const known = first.get(etag)
    if (known === undefined) first.set(etag, exchange)
    else yield [known, exchange]
  }
}

const unless = [...FUNDAMENTAL, 'version-by-clock', 'version-comes-back', 'old-label', 'wrong-label', 'refused-but-written', 'condition-elsewhere', ...UNGUARDED] as const

export const LABELLING: readonly Check[] = [
  { claim: 'the answer to a write carries its own tag, though another write follows at once', unless: [...unless, 'no-label'], run: checkWriteLabel },
  { claim: 'a read carries the tag of its body, though a write comes between', unless, run: checkReadLabel },
  { claim: 'of reads and writes at once no tag names two states', unless: [...unless, 'tag-after-body', 'tag-reloaded'], run: checkOneBodyATag }
]
