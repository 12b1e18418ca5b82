import knex from 'knex'
import { Model, raw } from 'objection'
import type { Page, PageBody, Store } from './store.js'

class PageModel extends Model implements Page {
  static override tableName = 'objection_page'
  declare id: string
  declare slug: string
  declare text: string
  declare version: number
}

export async function openObjection (url: string): Promise<Store> {
  const db = knex({ client: 'pg', connection: url })
  const Pages = PageModel.bindKnex(db)

  // how many rows were patched
  const update = async (on: typeof PageModel, id: string, body: PageBody, version: number): Promise<number> =>
    await on.query().patch({ ...body, version: raw('version + 1') }).where({ id, version })

  return {
    find: async id => await Pages.query().findById(id),
    update: (id, body, version) => update(Pages, id, body, version),
    create: async (id, body) => await Pages.query().insert({ id, ...body }).returning('*'),
    updateAndCount: (id, body, version, meanwhile) => db.transaction(async transaction => {
      const patched = await update(PageModel.bindTransaction(transaction), id, body, version)
      if (patched === 0) return null
      await meanwhile()
      await transaction('objection_tally').where({ id: 1 }).increment('writes', 1)
      return patched
    }, { isolationLevel: 'repeatable read' }),
    updateNowhere: () => db('objection_nowhere').update({ text: '' }),
    close: () => db.destroy()
  }
}
