import { hash } from 'node:crypto'
import { readAcceptedCodings, type AcceptedCodings } from './accept-encoding.js'
import { findTag, mayContain, tagAt, type EntityTagList, type EntityTags } from './entity-tag-list.js'
import { formatOpaqueText } from './opaque-text.js'
import { isRead, type Conditions, type Validators } from './preconditions.js'
import { representationTag, SEPARATOR, stateTag } from './representation-tag.js'
import { versionTag } from './sources/version-tag.js'
import { StandIns } from './stand-ins.js'
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
  #accepted: AcceptedCodings | undefined
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
    const from = this.#found?.list === ifNoneMatch && this.#found.opaque === current.opaque ? this.#found.at : 0
    const at = findTag(ifNoneMatch, stateTag(current).opaque, StandIns.ofRepresentation(current, this.#acceptedCodings(), false), { from })
    return at === undefined ? current : { weak: current.weak, opaque: tagAt(ifNoneMatch, at).opaque }
  }

  // May a tag in it stand for one that it is not?
  #isVaried (list: EntityTagList | undefined, isOwn: boolean): list is EntityTags {
    return isList(list) && (this.#route.tolerate.suffix === true || (!isOwn && mayContain(list, SEPARATOR)))
  }

  #knownIfMatch (list: EntityTagList | undefined, current: EntityTag, isOwn: boolean): EntityTagList | undefined {
    if (!this.#isVaried(list, isOwn)) return list
    const { state, standIns } = this.#standIns(current, isOwn)
    const at = findTag(list, state, standIns)
    if (at === undefined) return foundOrFirst(undefined, list)
    // a strong one holds wherever a weak one does
    const strongAt = findTag(list, state, standIns, { from: at, isStrong: true })
    return foundOrFirst({ weak: strongAt === undefined, opaque: current.opaque }, list)
  }

  // It is compared weakly, so that any that stands for the current one will do.
  #knownIfNoneMatch (list: EntityTagList | undefined, current: EntityTag, isOwn: boolean): EntityTagList | undefined {
    if (!this.#isVaried(list, isOwn)) return list
    const { state, standIns } = this.#standIns(current, isOwn)
    const at = findTag(list, state, standIns)
    // a 304 asks again, for the tag to tell
    if (!isOwn && at !== undefined) this.#found = { list, opaque: current.opaque, at }
    return foundOrFirst(at === undefined ? undefined : current, list)
  }

  // The state that begins the tags which may stand for the current one, and which of them do.
  #standIns (current: EntityTag, isOwn: boolean): { readonly state: string, readonly standIns: StandIns } {
    const suffix = this.#route.tolerate.suffix === true
    if (isOwn) return { state: current.opaque, standIns: StandIns.itself(suffix) }
    return {
      state: stateTag(current).opaque,
      standIns: isRead(this.#request.method) ? StandIns.ofRepresentation(current, this.#acceptedCodings(), suffix) : StandIns.ofState(suffix)
    }
  }

  // Without the field nothing is coded, and what a client got in another way is no answer to this request.
  #acceptedCodings (): AcceptedCodings {
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
