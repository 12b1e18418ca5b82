import createKnex from 'knex'
import { raw } from 'objection'
import { Page } from '../objection.js'
import type { Transactions } from './transactions.js'

export async function openObjection (url: string): Promise<Transactions> {
  const knex = createKnex({ client: 'pg', connection: url })
  return {
    writeAndCount: (id, title, version, meanwhile) => knex.transaction(async transaction => {
      const patched = await Page.query(transaction).patch({ title, version: raw('version + 1') }).where({ id, version })
      if (patched === 0) return null
      await meanwhile()
      await transaction('tally').increment('writes', 1)
      return patched
    }, { isolationLevel: 'repeatable read' }),
    writeNowhere: () => knex('nowhere').update({ title: '' }),
    close: () => knex.destroy()
  }
}
