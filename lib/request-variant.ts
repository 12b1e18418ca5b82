import { hash } from 'node:crypto'
import { readAcceptedCodings } from './accept-encoding.js'
import { findTag, mayContain, type EntityTagList, type EntityTags } from './entity-tag-list.js'
import { formatOpaqueText } from './opaque-text.js'
import { isEmpty, type AsksPart } from './part.js'
import { isRead, type Conditions, type Validators } from './preconditions.js'
import { evenWithSuffix, inAcceptedCoding, isOfState, representationTag, SEPARATOR, stateTag } from './representation-tag.js'
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
  #accepted: AsksPart | undefined
  #found: { readonly list: EntityTags, readonly opaque: string, readonly at: number } | undefined

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
    return { ...sent, ifMatch: this.#knownIfMatch(ifMatch, etag, isOwn), ifNoneMatch: this.#knownIfNoneMatch(ifNoneMatch, etag, isOwn) }
  }

  /** The tag of the representation that a client holds, by what it sent: the one to tell it that it is current. */
  heldTag ({ ifNoneMatch }: Conditions, current: EntityTag): EntityTag {
    if (!isList(ifNoneMatch) || !mayContain(ifNoneMatch, SEPARATOR)) return current
    const state = stateTag(current).opaque
    const isHeld = inAcceptedCoding(current, this.#acceptedCodings())
    let held = current
    findTag(ifNoneMatch, state, (codes, start, end) => {
      if (!isHeld(codes, start, end)) return false
      held = { weak: current.weak, opaque: state + codes.toString('latin1', start, end) }
      return true
    }, this.#found?.list === ifNoneMatch && this.#found.opaque === current.opaque ? this.#found.at : 0)
    return held
  }

  // May a tag in it stand for one that it is not?
  #isVaried (list: EntityTagList | undefined, isOwn: boolean): list is EntityTags {
    return isList(list) && (this.#route.tolerate.suffix === true || (!isOwn && mayContain(list, SEPARATOR)))
  }

  #knownIfMatch (list: EntityTagList | undefined, current: EntityTag, isOwn: boolean): EntityTagList | undefined {
    if (!this.#isVaried(list, isOwn)) return list
    const { state, standsFor } = this.#standIns(current, isOwn)
    let found: EntityTag | undefined
    findTag(list, state, (codes, start, end, weak) => {
      // a strong one holds wherever a weak one does
      if ((weak && found !== undefined) || !standsFor(codes, start, end)) return false
      found = { weak, opaque: current.opaque }
      return !weak
    })
    return foundOrFirst(found, list)
  }

  // It is compared weakly, so that any that stands for the current one will do.
  #knownIfNoneMatch (list: EntityTagList | undefined, current: EntityTag, isOwn: boolean): EntityTagList | undefined {
    if (!this.#isVaried(list, isOwn)) return list
    const { state, standsFor } = this.#standIns(current, isOwn)
    const at = findTag(list, state, standsFor)
    // a 304 asks again, for the tag to tell
    if (!isOwn && at !== undefined) this.#found = { list, opaque: current.opaque, at }
    return foundOrFirst(at === undefined ? undefined : current, list)
  }

  // The state that begins the tags which may stand for the current one, and what tells by the rest of them which do.
  #standIns (current: EntityTag, isOwn: boolean): { readonly state: string, readonly standsFor: AsksPart } {
    const state = isOwn ? current.opaque : stateTag(current).opaque
    const standsFor = isOwn ? isEmpty : isRead(this.#request.method) ? inAcceptedCoding(current, this.#acceptedCodings()) : isOfState
    return { state, standsFor: this.#route.tolerate.suffix === true ? evenWithSuffix(standsFor) : standsFor }
  }

  // Without the field nothing is coded, and what a client got in another way is no answer to this request.
  #acceptedCodings (): AsksPart {
    this.#accepted ??= readAcceptedCodings(this.#request.raw.headers?.['accept-encoding']?.toString())
    return this.#accepted
  }

  #readVariant (): string | undefined {
    const { variant, apiVersion } = this.#route
    if (variant === undefined && apiVersion === undefined) return undefined
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

function foundOrFirst (found: EntityTag | undefined, list: EntityTags): readonly EntityTag[] {
  const [first] = list
  return [found ?? first].filter(tag => tag !== undefined)
}
