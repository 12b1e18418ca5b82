import { hash } from 'node:crypto'
import { readAcceptedCodings, type AcceptsCoding } from './accept-encoding.js'
import { mayContain, someOfState, type EntityTagList, type EntityTags } from './entity-tag-list.js'
import { formatOpaqueText } from './opaque-text.js'
import { isRead, type Conditions, type Validators } from './preconditions.js'
import { representationTag, SEPARATOR, stateTag, withoutCoding, withoutSuffix } from './representation-tag.js'
import { versionTag } from './sources/version-tag.js'
import { withhold } from './withheld-error.js'
import type { EntityTag } from './entity-tag.js'
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
    if (etag === undefined || !isRead(this.#request.method)) return described
    const compared = this.tagOf(etag)
    return compared === etag ? described : { ...described, etag: compared }
  }

  /**
   * What was sent, as far as it decides: of each list the tag that stands for the current one, as that tag, or one that does
   * not. `isOwn`: the current tag is one that the handler set itself.
   */
  known (sent: Conditions, { etag }: Validators, isOwn = false): Conditions {
    const { ifMatch, ifNoneMatch } = sent
    if (etag === undefined || !(this.#isVaried(ifMatch, isOwn) || this.#isVaried(ifNoneMatch, isOwn))) return sent
    return { ...sent, ifMatch: this.#knownList(ifMatch, etag, isOwn), ifNoneMatch: this.#knownList(ifNoneMatch, etag, isOwn) }
  }

  /** The tag of the representation that a client holds, by what it sent: the one to tell it that it is current. */
  heldTag ({ ifNoneMatch }: Conditions, current: EntityTag): EntityTag {
    if (!isList(ifNoneMatch) || !mayContain(ifNoneMatch, SEPARATOR)) return current
    let held = current
    someOfState(ifNoneMatch, stateTag(current).opaque, tag => {
      const isHeld = withoutCoding(tag, this.#accepts).opaque === current.opaque
      if (isHeld) held = { weak: current.weak, opaque: tag.opaque }
      return isHeld
    })
    return held
  }

  // May a tag in it stand for one that it is not?
  #isVaried (list: EntityTagList | undefined, isOwn: boolean): list is EntityTags {
    return isList(list) && (this.#route.tolerate.suffix === true || (!isOwn && mayContain(list, SEPARATOR)))
  }

  #knownList (list: EntityTagList | undefined, current: EntityTag, isOwn: boolean): EntityTagList | undefined {
    if (!this.#isVaried(list, isOwn)) return list
    let found: EntityTag | undefined
    someOfState(list, isOwn ? current.opaque : stateTag(current).opaque, tag => {
      if (this.#standsFor(tag, current, isOwn)) found = { weak: tag.weak, opaque: current.opaque }
      // a strong one holds wherever a weak one does
      return found?.weak === false
    })
    const [first] = list
    return [found ?? first].filter(tag => tag !== undefined)
  }

  #standsFor (tag: EntityTag, current: EntityTag, isOwn: boolean): boolean {
    if (this.#plain(tag, isOwn).opaque === current.opaque) return true
    if (this.#route.tolerate.suffix !== true) return false
    const bare = withoutSuffix(tag)
    return bare !== tag && this.#plain(bare, isOwn).opaque === current.opaque
  }

  #plain (tag: EntityTag, isOwn: boolean): EntityTag {
    if (isOwn) return tag
    return isRead(this.#request.method) ? withoutCoding(tag, this.#accepts) : stateTag(tag)
  }

  // Without the field nothing is coded, and what a client got in another way is no answer to this request.
  readonly #accepts = (coding: string): boolean => {
    this.#accepted ??= readAcceptedCodings(this.#request.raw.headers?.['accept-encoding']?.toString())
    return coding.includes(',') ? coding.split(',').every(this.#accepted) : this.#accepted(coding)
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

function isList (list: EntityTagList | undefined): list is EntityTags {
  return list !== undefined && list !== '*'
}
