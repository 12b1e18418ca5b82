import { hash } from 'node:crypto'
import { readAcceptedCodings, type AcceptsCoding } from './accept-encoding.js'
import { formatOpaqueText } from './opaque-text.js'
import { isRead, type Conditions, type Validators } from './preconditions.js'
import { findTag, representationTag, SEPARATOR, stateTag, withoutCoding, withoutSuffix } from './representation-tag.js'
import { versionTag } from './sources/version-tag.js'
import { withhold } from './withheld-error.js'
import type { EntityTag } from './entity-tag.js'
import type { EntityTagList } from './entity-tag-list.js'
import type { Route } from './route.js'

/** What of a request tells which representation it asks for. */
interface VaryingRequest {
  readonly method: string
  readonly raw: { readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> }
}

// What is longer is made of what a client sent, and comes back in every answer.
const LONGEST = 42

/** Which representation one request asks for, and the tags that stand for it. Reads compare all of a tag, writes the state. */
export class RequestVariant {
  readonly #route: Pick<Route, 'variant' | 'apiVersion' | 'tolerate'>
  readonly #request: VaryingRequest
  #variant: { readonly text: string | undefined } | undefined
  #accepted: AcceptsCoding | undefined

  constructor (route: Pick<Route, 'variant' | 'apiVersion' | 'tolerate'>, request: VaryingRequest) {
    this.#route = route
    this.#request = request
  }

  /** Finds out what the answer varies by. Throws what the function of the route threw, withheld. */
  read (): void {
    this.#variant ??= { text: this.#readVariant() }
  }

  /** The tag of the representation of a state, in a content coding if it has one. */
  tagOf (state: EntityTag, coding?: string): EntityTag {
    this.read()
    return representationTag(state, this.#variant!.text, coding)
  }

  /** The validators that this request is compared with: of a state, or of its representation. */
  comparedWith (described: Validators): Validators {
    const { etag } = described
    return etag === undefined || !isRead(this.#request.method) ? described : { ...described, etag: this.tagOf(etag) }
  }

  /** What was sent, with each tag as it is compared. `isOwn`: the current tag is one that the handler set itself. */
  known (sent: Conditions, { etag }: Validators, isOwn = false): Conditions {
    const { ifMatch, ifNoneMatch } = sent
    if (etag === undefined || (ifMatch === undefined && ifNoneMatch === undefined)) return sent
    return { ...sent, ifMatch: this.#knownList(ifMatch, etag, isOwn), ifNoneMatch: this.#knownList(ifNoneMatch, etag, isOwn) }
  }

  /** The tag of the representation that a client holds, by what it sent: the one to tell it that it is current. */
  heldTag ({ ifNoneMatch }: Conditions, current: EntityTag): EntityTag {
    const held = findTag(ifNoneMatch, current, tag => withoutCoding(tag, this.#accepts))
    return { weak: current.weak, opaque: held?.opaque ?? current.opaque }
  }

  #knownList (list: EntityTagList | undefined, current: EntityTag, isOwn: boolean): EntityTagList | undefined {
    return list === undefined || list === '*' ? list : list.map(tag => this.#knownTag(tag, current, isOwn))
  }

  #knownTag (tag: EntityTag, current: EntityTag, isOwn: boolean): EntityTag {
    const plain = isOwn ? tag : this.#plain(tag)
    if (plain.opaque === current.opaque || this.#route.tolerate.suffix !== true) return plain
    const bare = withoutSuffix(tag)
    return isOwn ? bare : this.#plain(bare)
  }

  #plain (tag: EntityTag): EntityTag {
    return isRead(this.#request.method) ? withoutCoding(tag, this.#accepts) : stateTag(tag)
  }

  // Without the field nothing is coded, and what a client got in another way is no answer to this request.
  readonly #accepts = (coding: string): boolean => {
    this.#accepted ??= readAcceptedCodings(this.#request.raw.headers?.['accept-encoding']?.toString())
    return coding.split(',').every(this.#accepted)
  }

  #readVariant (): string | undefined {
    const { variant, apiVersion } = this.#route
    try {
      const said = variant === undefined ? undefined : versionTag(variant(this.#request), 'What the variant function returned')
      const parts = [apiVersion === undefined ? undefined : formatOpaqueText(apiVersion), said?.opaque].filter(part => part !== undefined)
      if (parts.length === 0) return undefined
      const text = parts.join(SEPARATOR)
      return text.length > LONGEST ? hash('sha256', text, 'base64url') : text
    } catch (error) {
      throw withhold(error)
    }
  }
}
