import { hash } from 'node:crypto'
import { formatEntityTag, type EntityTag } from '../entity-tag.js'
import { idOf, listIn } from './listed.js'
import type { SourceFunction } from './function.js'
import type { NamedState, NameState } from './named-state.js'
import type { TimestampSource } from './timestamp.js'

/** Where a member of a list has its version. */
export type MemberSource = string | { readonly field: string } | TimestampSource | SourceFunction

/** A list is named by the ids and the versions of its members, in their order. */
export interface MembersSource {
  readonly members: MemberSource
  /** The field that tells a member from the others. Default: `id`. */
  readonly id?: string | undefined
  /** The path to the list, where it stands inside an envelope. */
  readonly at?: string | undefined
}

/** What tells the members of a list apart, and where the list is. */
export interface Membership {
  readonly id: string
  readonly path: readonly string[]
}

/** Reads what a source of members leaves to its defaults. */
export function membershipOf ({ id = 'id', at }: MembersSource): Membership {
  return { id, path: at?.split('.') ?? [] }
}

const NAMELESS: NamedState = { version: undefined, etag: undefined }

/**
 * Names a list by a hash over its members. Its version is the list of theirs. What is no list, or has a member without
 * id or version, has no name; a list of which a member says by `null` that it has no tag, has none either.
 */
export function membersSource (source: MembersSource, nameMember: NameState): NameState {
  const { id: field, path } = membershipOf(source)
  const { members } = source
  return (state, request) => {
    const list = listIn(state, path)
    if (list === undefined) return NAMELESS
    const named = typeof members === 'string' ? nameCounts(list, field, members) : undefined
    if (named !== undefined) return named

    const versions: unknown[] = []
    const pairs: ListedPart[] = []
    let isNamed = true
    let weak = false
    for (const member of list) {
      const id = idOf(member, field)
      const { version, etag } = nameMember(member, request)
      if (id === undefined || version === undefined) return NAMELESS
      versions.push(version)
      if (etag === undefined) isNamed = false
      else {
        pairs.push(counted(id), etag.weak ? formatEntityTag(etag) : counted(etag.opaque))
        // a list is no stronger than its members
        weak ||= etag.weak
      }
    }
    return { version: versions, etag: isNamed ? tagOver(bytesOf(pairs), weak) : undefined }
  }
}

/** The id of a member, or its tag: a text that counts is its number, as a driver gives the one for the other. */
type ListedPart = string | number

const GREATEST = 999_999_999_999_999
const COUNT = /^(?:0|[1-9][0-9]{0,14})$/

function isCount (value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= GREATEST && Number.isInteger(value)
}

function counted (text: string): ListedPart {
  return COUNT.test(text) ? Number(text) : text
}

// Memory of this size is kept for the next list, in place of taking it and giving it back for every request: 65,536 members.
const KEPT = 131_072
let spare: Float64Array | undefined

// A getter of a member may name a list too, and finds no memory then that is in use.
function borrow (length: number): Float64Array {
  const borrowed = spare !== undefined && spare.length >= length ? spare : new Float64Array(length)
  spare = undefined
  return borrowed
}

function giveBack (borrowed: Float64Array): void {
  if (borrowed.length <= KEPT) spare = borrowed
}

// Most lists have numbers for ids and for versions: they are hashed in turn as they are. `undefined` where one is no number.
function nameCounts (list: readonly unknown[], idField: string, versionField: string): NamedState | undefined {
  if (list.length === 0) return undefined
  const counts = borrow(list.length * 2)
  const versions: number[] = []
  for (let at = 0; at < list.length; at++) {
    const member = list[at] as Readonly<Record<string, unknown>> | null | undefined
    const id = member?.[idField]
    const version = member?.[versionField]
    if (!isCount(id) || !isCount(version)) break
    // -0 is shown as 0
    counts[2 * at] = id + 0
    counts[2 * at + 1] = version + 0
    versions.push(version)
  }
  const named = versions.length < list.length ? undefined : { version: versions, etag: tagOver(counts.subarray(0, list.length * 2), false) }
  giveBack(counts)
  return named
}

// No two lists have the same bytes. As JSON none do, since no opaque text looks like a weak tag. Numbers alone are hashed as
// they are stored, which takes half the time, and as JSON they would begin by another byte: 0x5b is odd, where that of a
// whole number below 2 ** 50 is even.
function bytesOf (pairs: readonly ListedPart[]): string | Float64Array {
  return pairs.length > 0 && pairs.every(part => typeof part === 'number') ? new Float64Array(pairs as readonly number[]) : JSON.stringify(pairs)
}

function tagOver (bytes: string | Float64Array, weak: boolean): EntityTag {
  return { weak, opaque: hash('sha256', bytes, 'base64url') }
}
