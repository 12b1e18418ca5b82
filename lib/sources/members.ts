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
  return (state, request) => {
    const list = listIn(state, path)
    if (list === undefined) return NAMELESS
    const versions: unknown[] = []
    let pairs = ''
    let isNamed = true
    let weak = false
    for (const member of list) {
      const id = idOf(member, field)
      const { version, etag } = nameMember(member, request)
      if (id === undefined || version === undefined) return NAMELESS
      versions.push(version)
      if (etag === undefined) isNamed = false
      else {
        pairs += pairs === '' ? '[' : ','
        pairs += pairInJson(id, etag)
        // a list is no stronger than its members
        weak ||= etag.weak
      }
    }
    return { version: versions, etag: isNamed ? tagOver(pairs === '' ? '[]' : `${pairs}]`, weak) : undefined }
  }
}

function tagOver (text: string, weak: boolean): EntityTag {
  return { weak, opaque: hash('sha256', text, 'base64url') }
}

// As JSON no two lists have one text. Most ids and tags stand in it as they are, and to ask JSON.stringify takes far longer.
function pairInJson (id: string, tag: EntityTag): string {
  if (!isPlain(id) || !isPlain(tag.opaque)) return JSON.stringify([id, formatEntityTag(tag)])
  return tag.weak ? '["' + id + '","W/\\"' + tag.opaque + '\\""]' : '["' + id + '","\\"' + tag.opaque + '\\""]'
}

const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/
const SHORT = 8
const QUOTE = 0x22
const BACKSLASH = 0x5c

// A pattern takes its time to begin, which numbers do not need.
function isPlain (text: string): boolean {
  if (text.length > SHORT) return PLAIN.test(text)
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) return false
  }
  return true
}
