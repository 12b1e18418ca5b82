/** What one copy of a document holds. */
export interface Content {
  readonly entries: readonly string[]
  readonly count: number
}

/** A state that was shown, by the answer to a GET or to an acknowledged PUT. Times are of one clock, that of the clients. */
export interface Read {
  readonly kind: 'read'
  readonly document: string
  readonly tag: string
  /** What the answer showed: one content, or one for each member where the document is a list. */
  readonly members: readonly Content[]
  readonly start: number
  readonly end: number
}

/** A PUT that adds one entry to the list that was read under a tag. */
export interface Write {
  readonly kind: 'write'
  /** Indeterminate: no answer came, so nobody knows whether it was applied. */
  readonly outcome: 'acknowledged' | 'refused' | 'indeterminate'
  readonly document: string
  readonly entry: string
  readonly base: readonly string[]
  readonly tag: string
  readonly start: number
  readonly end: number
}

export type Operation = Read | Write

/** What the database holds in the end, by document. */
export type FinalState = ReadonlyMap<string, readonly Content[]>

/** What the history of one document is checked by. */
interface Recorded {
  readonly reads: readonly Read[]
  readonly acknowledged: readonly Write[]
  readonly refused: readonly Write[]
  readonly indeterminate: readonly Write[]
  /** The indeterminate writes that turned out to be in the list. */
  readonly applied: readonly Write[]
  readonly members: readonly Content[]
  readonly list: readonly string[]
  readonly position: ReadonlyMap<string, number>
}

type Rule = (recorded: Recorded) => number

const lost: Rule = ({ acknowledged, position }) =>
  acknowledged.filter(({ entry }) => !position.has(entry)).length

const refusedApplied: Rule = ({ refused, position }) =>
  refused.filter(({ entry }) => position.has(entry)).length

// A refusal needs a cause: the write that comes next in the list had begun before the refusal was known.
const refusedWithoutCause: Rule = ({ refused, acknowledged, applied, list }) => {
  const start = new Map([...acknowledged, ...applied].map(write => [write.entry, write.start]))
  return refused.filter(({ base, end }) => {
    const next = list[base.length]
    return isPrefix(base, list) && (next === undefined || (start.get(next) ?? end) > end)
  }).length
}

const twiceInList: Rule = ({ list, position }) => list.length - position.size

const writtenByNobody: Rule = ({ list, acknowledged, refused, indeterminate }) => {
  const known = new Set([...acknowledged, ...refused, ...indeterminate].map(({ entry }) => entry))
  return list.filter(entry => !known.has(entry)).length
}

const readNoPrefix: Rule = ({ reads, list }) =>
  reads.filter(({ members }) => !isPrefix(members[0]!.entries, list)).length

const notOnItsBase: Rule = ({ acknowledged, applied, list, position }) =>
  [...acknowledged, ...applied].filter(({ entry, base }) => {
    const at = position.get(entry)
    return at !== undefined && !(at === base.length && isPrefix(base, list))
  }).length

const tagWonTwice: Rule = ({ acknowledged }) =>
  acknowledged.length - new Set(acknowledged.map(({ tag }) => tag)).size

const tagOfTwoStates: Rule = ({ reads }) => {
  const states = new Map<string, Set<string>>()
  for (const { tag, members } of reads) states.set(tag, (states.get(tag) ?? new Set()).add(members[0]!.entries.join()))
  return [...states.values()].filter(({ size }) => size > 1).length
}

const outOfOrder: Rule = ({ acknowledged, applied, position }) => {
  const inList = acknowledged.filter(({ entry }) => position.has(entry))
  return [...inList, ...applied].filter(later =>
    inList.some(({ entry, end }) => end < later.start && position.get(entry)! > position.get(later.entry)!)).length
}

const staleRead: Rule = ({ reads, acknowledged }) =>
  reads.filter(({ start, members }) => {
    const shown = new Set(members[0]!.entries)
    return acknowledged.some(({ entry, end }) => end < start && !shown.has(entry))
  }).length

// What a read showed once, a later one shows too, even if nobody acknowledged it.
const readGoesBack: Rule = ({ reads }) =>
  reads.filter(later => reads.some(({ end, members }) =>
    end < later.start && members[0]!.entries.length > later.members[0]!.entries.length)).length

const wrongCount: Rule = ({ members, list, acknowledged, applied, reads }) => {
  const inReads = reads.filter(read => read.members.some(({ count, entries }) => count !== entries.length)).length
  const inFinal = members.filter(({ count, entries }) => count !== entries.length).length
  return inReads + inFinal + Number(list.length !== acknowledged.length + applied.length)
}

const membersDiffer: Rule = ({ reads, members }) =>
  [members, ...reads.map(read => read.members)].filter(shown =>
    shown.length !== members.length || shown.some(({ entries }) => entries.join() !== shown[0]!.entries.join())).length

const RULES = {
  lost,
  refusedApplied,
  refusedWithoutCause,
  twiceInList,
  writtenByNobody,
  readNoPrefix,
  notOnItsBase,
  tagWonTwice,
  tagOfTwoStates,
  outOfOrder,
  staleRead,
  readGoesBack,
  wrongCount,
  membersDiffer
}

/** A kind of violation; `lost` is an acknowledged update that the database does not hold. */
export type Violation = keyof typeof RULES

/** What a history amounts to, and how often it violates each rule. */
export interface Report {
  readonly acknowledged: number
  readonly refused: number
  readonly indeterminate: number
  readonly applied: number
  readonly violations: Readonly<Record<Violation, number>>
}

const NOTHING: Content = { entries: [], count: 0 }

/** Checks what the clients saw against what the database holds in the end. */
export function checkHistory (operations: readonly Operation[], final: FinalState): Report {
  const names = new Set([...final.keys(), ...operations.map(({ document }) => document)])
  const documents = Array.from(names, name =>
    recordOf(operations.filter(({ document }) => document === name), final.get(name) ?? [NOTHING]))

  const total = (count: Rule): number => documents.reduce((sum, recorded) => sum + count(recorded), 0)
  return {
    acknowledged: total(({ acknowledged }) => acknowledged.length),
    refused: total(({ refused }) => refused.length),
    indeterminate: total(({ indeterminate }) => indeterminate.length),
    applied: total(({ applied }) => applied.length),
    violations: Object.fromEntries(Object.entries(RULES).map(([name, rule]) => [name, total(rule)])) as Record<Violation, number>
  }
}

/** The violations beside lost updates. */
export function otherViolations ({ violations: { lost, ...others } }: Report): number {
  return Object.values(others).reduce((sum, count) => sum + count, 0)
}

function recordOf (operations: readonly Operation[], members: readonly Content[]): Recorded {
  const list = members[0]!.entries
  const position = new Map(list.map((entry, at) => [entry, at]))
  const writes = operations.filter(operation => operation.kind === 'write')
  const indeterminate = writes.filter(({ outcome }) => outcome === 'indeterminate')
  return {
    reads: operations.filter(operation => operation.kind === 'read'),
    acknowledged: writes.filter(({ outcome }) => outcome === 'acknowledged'),
    refused: writes.filter(({ outcome }) => outcome === 'refused'),
    indeterminate,
    applied: indeterminate.filter(({ entry }) => position.has(entry)),
    members,
    list,
    position
  }
}

function isPrefix (some: readonly string[], all: readonly string[]): boolean {
  return some.length <= all.length && some.every((entry, at) => entry === all[at])
}
