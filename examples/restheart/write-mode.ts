import { Type } from '@fastify/type-provider-typebox'
import type { Precondition } from 'fastify-etag-policy'
import type { Written } from './resource.js'

/** `?wm=` of a PUT, in any letter case. */
export const WriteMode = Type.Object({
  wm: Type.Optional(Type.String({ pattern: `^(${['insert', 'update', 'upsert'].map(anyCase).join('|')})$` }))
})

/** `?wm=` of a PATCH, which makes nothing. */
export const UpdateMode = Type.Object({
  wm: Type.Optional(Type.String({ pattern: `^${anyCase('update')}$` }))
})

// a pattern of JSON Schema has no flags
function anyCase (word: string): string {
  return [...word].map(letter => `[${letter}${letter.toUpperCase()}]`).join('')
}

/** The two statements that a PUT may run. */
interface Statements {
  readonly insert: () => Promise<Written>
  readonly replace: (version: string) => Promise<Written | null>
}

/** Writes as `wm` says, upserts where it says nothing, and tells the status: 201 where a row was made. */
export async function put (
  precondition: Precondition<unknown, string>, wm: string | undefined, { insert, replace }: Statements
): Promise<200 | 201> {
  let status: 200 | 201 = 200
  const create = async (): Promise<Written> => {
    const row = await insert()
    status = 201
    return row
  }
  const update = ({ version }: { version: string }): Promise<Written | null> => replace(version)

  switch (wm?.toLowerCase()) {
    // where something is there, the insert says so by its duplicate key, which is 409
    case 'insert': await precondition.guard(create, { create }); break
    case 'update': await precondition.guard(update); break
    default: await precondition.guard(update, { create })
  }
  return status
}
