import { hash } from 'node:crypto'
import { disown } from '../disown.js'
import { FST_ETAG_INVALID_VERSION } from '../errors.js'
import { describeVersion, versionTag } from './version-tag.js'
import type { EntityTag } from '../entity-tag.js'
import type { NamedState, NameState } from './named-state.js'

/** A body as it is sent, ahead of any content coding. */
export type Body = string | Uint8Array

/** A state is named by a digest of the body that its GET answers with: by an algorithm of `node:crypto`, or by a function. */
export interface DigestSource {
  readonly digest: string | ((body: any) => string)
}

/** Names a body. */
export type Digest = (body: Body) => EntityTag

/** Turns the declaration of a digest into the function that names bodies. */
export function resolveDigest ({ digest }: DigestSource): Digest {
  if (typeof digest === 'string') return body => ({ weak: false, opaque: hash(digest, body, 'base64') })
  return body => {
    const text: unknown = digest(body)
    const name = 'What the digest function returned'
    if (typeof text === 'string') return versionTag(text, name)!
    disown(text)
    throw new FST_ETAG_INVALID_VERSION(name, describeVersion(text))
  }
}

/** What a read of this state answers with; `undefined` where nothing tells. */
export type BodyOf = (state: unknown) => Body | undefined

const NAMELESS: NamedState = { version: undefined, etag: undefined }

/** Names a state by the body that a read of it answers with. */
export function digestSource (source: DigestSource, bodyOf: BodyOf): NameState {
  const digest = resolveDigest(source)
  return state => {
    const body = bodyOf(state)
    if (body === undefined) return NAMELESS
    const etag = digest(body)
    return { version: etag.opaque, etag }
  }
}
