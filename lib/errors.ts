import createError from '@fastify/error'

// Answers to a request. Their message is the `detail` of the problem; those that say none here are given one when it is known. No line of code is at fault, so they look for none: a stack
// trace would cost more than all the rest of a refusal.

/** A conditional field is outside its grammar (RFC 9110, 13.1). */
export const FST_ETAG_INVALID_FIELD = createError<[string]>('FST_ETAG_INVALID_FIELD', '%s', 400, Error, false)

/** `load` found nothing for this request (RFC 9110, 13.2.1 and 15.5.5). */
export const FST_ETAG_NOT_FOUND = createError<[]>('FST_ETAG_NOT_FOUND', 'Not Found', 404, Error, false)

/** Another writer came between this one, which sent no precondition, and its write (RFC 9110, 15.5.10). */
export const FST_ETAG_CONFLICT = createError<[]>('FST_ETAG_CONFLICT', 'Conflict', 409, Error, false)

/** A condition that the request sent is false (RFC 9110, 13.2.2 and 15.5.13). */
export const FST_ETAG_PRECONDITION_FAILED = createError<[]>('FST_ETAG_PRECONDITION_FAILED', 'Precondition Failed', 412, Error, false)

/** The policy asks this write for a precondition, and it sent none that names a version (RFC 6585, 3). */
export const FST_ETAG_PRECONDITION_REQUIRED = createError<[]>('FST_ETAG_PRECONDITION_REQUIRED', 'Precondition Required', 428, Error, false)

/** The body of a write to a list does not say which members it is about. */
export const FST_ETAG_INVALID_MEMBERS = createError<[string]>('FST_ETAG_INVALID_MEMBERS', '%s', 400, Error, false)

// Errors of the server: a state that cannot be named, a handler that asks for what its route has not.

/** A source gave something that cannot name a version. */
export const FST_ETAG_INVALID_VERSION = createError<[string, string]>(
  'FST_ETAG_INVALID_VERSION', '%s cannot name a version: expected a string, a finite number or a bigint, found %s', 500)

/** A write compares digests of what no GET of its url answers with. */
export const FST_ETAG_READ_MISSING = createError<[string]>(
  'FST_ETAG_READ_MISSING', '%s compares digests of what GET of the same url answers with, and no such GET asks for the same digest: declare one, or name the state by a field', 500)

/** What a list is made of cannot be told apart: it is no list, a member has no id, or two have one. */
export const FST_ETAG_INVALID_LIST = createError<[string]>('FST_ETAG_INVALID_LIST', 'What load returned is no list of members that can be told apart: %s', 500)

/** `lastModified` gave something that is no moment. */
export const FST_ETAG_INVALID_DATE = createError<[string, string]>(
  'FST_ETAG_INVALID_DATE', '%s is no modification date: expected a Date, milliseconds since 1970 or a timestamp with its offset from UTC, found %s', 500)

/** `load` failed, or another function of the etag settings; why is its `cause`, which no client is told. */
export const FST_ETAG_LOAD_FAILED = createError<[{ cause: unknown }]>('FST_ETAG_LOAD_FAILED', 'The state could not be loaded or described', 500)

/** The callback of a guarded write failed, or its store; why is its `cause`, which no client is told. */
export const FST_ETAG_WRITE_FAILED = createError<[{ cause: unknown }]>('FST_ETAG_WRITE_FAILED', 'The write failed', 500)

/** The callback of a guarded write returned what does not say whether it wrote. */
export const FST_ETAG_UNCLEAR_RESULT = createError<[string]>(
  'FST_ETAG_UNCLEAR_RESULT', 'What the callback of guard returned does not say whether it wrote, %s: return what was written, or null where nothing was', 500)

/** A request guards a second write: its conditions hold for one. */
export const FST_ETAG_GUARDED_TWICE = createError<[string]>(
  'FST_ETAG_GUARDED_TWICE', '%s guards a second write in one request: write both in one callback, in one transaction', 500)

/** The store rolled a guarded write back each time, because of other writers than those of this state (RFC 9110, 15.6.4). */
export const FST_ETAG_STORE_BUSY = createError<[{ cause: unknown }]>(
  'FST_ETAG_STORE_BUSY', 'Other writes were in the way, and nothing was written: send the request again', 503)

/** A handler answered a conditional write with a success and left the comparison out of it; only under `unguarded: 'error'`. */
export const FST_ETAG_UNGUARDED = createError<[string]>(
  'FST_ETAG_UNGUARDED', '%s answered a conditional write without guard, expected or waive: it is done, and another writer may be lost to it', 500)

/** `request.precondition` was read on a route without `config.etag`. */
export const FST_ETAG_NOT_CONFIGURED = createError<[string]>(
  'FST_ETAG_NOT_CONFIGURED', '%s has no precondition: give the route config.etag', 500)

/** A definition was asked about the request of a route that uses another one, or none; or such a route was given a handler of its. */
export const FST_ETAG_OTHER_DEFINITION = createError<[string]>(
  'FST_ETAG_OTHER_DEFINITION', 'The etag definition that was asked, or that made the handler, is not the one in config.etag of %s', 500)

// Errors that stop the start. A route without `load` is found at the start where its policy shows it,
// and by the first `load` or `guard` of its handler otherwise.

/** A state is needed, and the route has no `load`. */
export const FST_ETAG_LOAD_MISSING = createError<[string, string]>('FST_ETAG_LOAD_MISSING', '%s needs a load: %s', 500)

/** A state must be named, and the route has no `source`. */
export const FST_ETAG_SOURCE_MISSING = createError<[string, string]>('FST_ETAG_SOURCE_MISSING', '%s needs a source: %s', 500)

/** The policy depends on a kind that the route does not name, or that the policy does not know. */
export const FST_ETAG_UNKNOWN_KIND = createError<[string, string, string]>(
  'FST_ETAG_UNKNOWN_KIND', '%s, config.etag: kind must be one of those in the policy, %s, found %s', 500)

/** A write is compared by tags that its source marks as weak, and If-Match compares strongly. */
export const FST_ETAG_WEAK_SOURCE = createError<[string, string]>(
  'FST_ETAG_WEAK_SOURCE', '%s: weak tags never match the If-Match of a %s; leave out weak, or set tolerate: { weak: true }', 500)

/** A route writes several states, and the one that its `load` finds says nothing about them. */
export const FST_ETAG_BULK_UNCHECKED = createError<[string, string]>(
  'FST_ETAG_BULK_UNCHECKED', "%s writes several states, and %s: give it the source { members }, or bulk: { waive: 'why' }", 500)

/** A schema says by `x-etag` what cannot be, or what `config.etag` contradicts. */
export const FST_ETAG_INVALID_ANNOTATION = createError<[string, string]>('FST_ETAG_INVALID_ANNOTATION', '%s: %s', 500)

/** The requests of a route are validated by a shared schema that has `x-etag`, which Ajv does not know. */
export const FST_ETAG_KEYWORD_MISSING = createError<[string]>(
  'FST_ETAG_KEYWORD_MISSING', '%s refers to a schema with x-etag, which Ajv does not know: write Fastify({ ajv: { plugins: [etagKeywords] } })', 500)

/** A schema that a route refers to was added after the route, and says by `x-etag` what the route did not know. */
export const FST_ETAG_LATE_SCHEMA = createError<[string]>(
  'FST_ETAG_LATE_SCHEMA', '%s refers to a schema that was added after the route and has x-etag: add the schema first', 500)

/** An option is wrong or misspelt. */
export const FST_ETAG_INVALID_OPTION = createError<[string, string]>('FST_ETAG_INVALID_OPTION', '%s: %s', 500)

/** The plugin was registered twice in one scope. */
export const FST_ETAG_REGISTERED_TWICE = createError<[]>(
  'FST_ETAG_REGISTERED_TWICE', 'fastify-etag-policy is registered twice in one scope: merge the two sets of options', 500)

/** A route that asks was declared before the plugin, or the settings of its scope, were loaded. */
export const FST_ETAG_TOO_EARLY = createError<[string]>(
  'FST_ETAG_TOO_EARLY', '%s was declared before fastify-etag-policy was loaded in its scope: await register first, or declare the route in a later plugin', 500)

/** A route asks, and the plugin was registered in none of its scopes. */
export const FST_ETAG_NOT_REGISTERED = createError<[string]>(
  'FST_ETAG_NOT_REGISTERED', '%s asks for ETags, by config.etag or an annotated schema, and fastify-etag-policy is not registered in its scope', 500)

/** A hook was added behind the one that decides. */
export const FST_ETAG_LATER_HOOK = createError<[string, string, string]>(
  'FST_ETAG_LATER_HOOK', '%s: the %s hook %s runs behind the one that decides preconditions; register the plugin that adds it before fastify-etag-policy', 500)

/** @fastify/etag labels the same answers. */
export const FST_ETAG_BESIDE_ETAG = createError<[string]>(
  'FST_ETAG_BESIDE_ETAG', '%s is served by @fastify/etag as well, which turns refusals into 304: register only one of the two in a scope', 500)
