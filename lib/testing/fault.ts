const COLUMN = 'Compare the version in the statement that writes, on the row that it writes: UPDATE … WHERE id = $1 AND version = $2.'

/** What can be wrong with a route: what it means, and what to change. */
export const FAULTS = {
  'not-there': {
    meaning: 'The check needs a resource that can be read.',
    cure: 'Make it before the check, and give the header fields that reading it takes.'
  },
  'no-tag': {
    meaning: 'The read carries no ETag, so no client can say what it has seen; a date names every state of its second.',
    cure: 'Give the route config.etag with a source, and register the plugin before it.'
  },
  'no-304': {
    meaning: 'A read that names the current tag is sent the whole body again.',
    cure: 'Give the route config.etag, with a source that only a write changes; if another plugin sets its ETag, let only one of the two do so.'
  },
  'write-failed': {
    meaning: 'A write that names the current tag must succeed, or nothing can be checked.',
    cure: 'Let change return a body that the route accepts, and give the header fields that writing takes.'
  },
  'other-projection': {
    meaning: 'A write that names the tag of the read is refused although nothing has changed: the two name the state by different things, so every conditional write fails.',
    cure: 'Give read and write the same source, over what load returns and not over what one of them happens to show; a weak tag never matches If-Match.'
  },
  'version-not-moved': {
    meaning: 'The tag is the same after a write: the next writer overwrites it unseen, and readers get 304 for what has changed.',
    cure: 'Move the version in each statement that writes: SET version = version + 1. Where the tag is made of what is written, let change return another body each turn.'
  },
  'version-by-clock': {
    meaning: 'Two writes that follow each other quickly have the same tag, so the next writer overwrites the last unseen.',
    cure: 'Name the state by a counter, or by a timestamp with its microseconds, read as text.'
  },
  'version-comes-back': {
    meaning: 'A tag names a state again that it named before, so a client with the old state may overwrite the new one.',
    cure: 'Let the version only ever grow; take it from a sequence if rows are made anew under an old id. Where the tag is made of what is written, let change return another body each turn.'
  },
  'no-label': {
    meaning: 'The answer to the write carries no ETag, so its client must read before it can write again.',
    cure: 'Return the row that was written from the callback of guard, or name it by reply.validators. If it is meant so, give checkRoute answer: false.'
  },
  'old-label': {
    meaning: 'The answer to the write carries the tag of the state before it: the next write of its client is refused.',
    cure: 'Return the row as it was written, with its new version: UPDATE … RETURNING *.'
  },
  'wrong-label': {
    meaning: 'The answer to the write carries another tag than the next read.',
    cure: 'Return the row as it was written, with the version that a read gives.'
  },
  unguarded: {
    meaning: 'The handler writes without guard: what was checked ahead of it may be over when it writes.',
    cure: 'Write in the callback of guard, or compare expected.version and throw failed(); waive(reason) says that a write needs neither.'
  },
  'stale-accepted': {
    meaning: 'A write that names an old tag is done: whatever was written since is lost.',
    cure: 'Give the route config.etag with a load, and write in the callback of guard.'
  },
  'stale-answer': {
    meaning: 'A write that names an old tag must be 412, with the current tag.',
    cure: 'Let the errors of the plugin through; an error handler of your own must keep their statusCode and headers.'
  },
  'refused-but-written': {
    meaning: 'A write that was refused has changed something.',
    cure: 'Write nothing ahead of the guarded statement, or in the same transaction, and roll that back where the statement wrote nothing.'
  },
  'policy-missing': {
    meaning: 'A write that names no version is done, although the policy asks for one, which is REQUIRED unless checkRoute is told another.',
    cure: 'Set the policy where the plugin is registered and give config.etag to the route of this method too, or tell checkRoute the policy that is meant.'
  },
  'policy-answer': {
    meaning: 'A write that names no version is refused, but by another status than the one that asks for a version.',
    cure: 'Give the header fields that the request takes; tell checkRoute missing: 409 where that is meant; an error handler of your own must keep the statusCode.'
  },
  'policy-unexpected': {
    meaning: 'A write that names no version is refused, although the policy does not ask for one.',
    cure: 'Tell checkRoute the policy that is in force, or set it on the route.'
  },
  'naive-write': {
    meaning: 'A write whose check was over when another one came is done all the same, and the other one is lost: the version is not compared when it is written.',
    cure: COLUMN
  },
  'condition-elsewhere': {
    meaning: 'Of writers who hold one tag and write at the same moment several are acknowledged, and all but the last are lost: the version is compared, but not in the step that writes.',
    cure: `${COLUMN} A sub-select, a join, a CTE without FOR UPDATE, or a SELECT ahead of the UPDATE is not enough.`
  },
  'two-winners': {
    meaning: 'Of writers who hold one tag several are acknowledged, and all but the last are lost.',
    cure: COLUMN
  },
  'no-winner': {
    meaning: 'Of requests that name the current tag and come at the same moment none is done.',
    cure: 'Let the first one through: compare the version in the statement that writes, and let guard write again what the store rolled back.'
  },
  'race-answer': {
    meaning: 'Who loses a race must be told so by 412, and neither by an error of the server nor by a success.',
    cure: 'Return null from the callback of guard where nothing was written, and let the errors of the store through: guard knows them, or isConflict and isDuplicateKey tell.'
  },
  'tag-reloaded': {
    meaning: 'The answer to a write carries the tag of a later write: the next write of its client overwrites what it never saw.',
    cure: 'Do not read the version again after the write: return the row from the statement that wrote it, UPDATE … RETURNING *.'
  },
  'tag-after-body': {
    meaning: 'A read carries a tag that is newer than its body: the next write of its client overwrites what it never saw.',
    cure: 'Take the version from the row that is sent, in one statement, and not from a second one.'
  },
  'remove-unguarded': {
    meaning: 'A DELETE that names a tag takes away a state that its client never saw.',
    cure: 'Remove in the callback of guard: DELETE … WHERE id = $1 AND version = $2.'
  },
  'two-winners-remove': {
    meaning: 'A DELETE and a write that hold one tag are both acknowledged: one of the two is lost.',
    cure: 'Compare the version in both statements, on the row itself.'
  },
  upsert: {
    meaning: 'Of clients who create at the same moment several are told that they did: what the first ones sent is lost.',
    cure: 'Give guard a create that inserts and never updates: INSERT without ON CONFLICT … DO UPDATE.'
  },
  'create-failed': {
    meaning: 'A create with If-None-Match: * where nothing is must succeed.',
    cure: 'Let create name a resource that is not there yet, and a body that the route accepts.'
  },
  'create-overwrites': {
    meaning: 'A create with If-None-Match: * writes over what is there.',
    cure: 'Give the route config.etag with a load, and let guard do the write.'
  }
} as const

/** What can be wrong with a route, by its name. */
export type Fault = keyof typeof FAULTS
