import { IsolationLevel, LockMode, MikroORM } from '@mikro-orm/postgresql'
import { Page, pageSchema } from '../mikro-orm.js'
import type { Transactions } from './transactions.js'

export async function openMikroOrm (url: string): Promise<Transactions> {
  const orm = await MikroORM.init({ entities: [pageSchema], clientUrl: url, ensureDatabase: false })
  return {
    writeAndCount: (id, title, version, meanwhile) => orm.em.fork().transactional(async em => {
      const row = await em.findOne(Page, id, { lockMode: LockMode.OPTIMISTIC, lockVersion: version })
      if (row === null) return null
      row.title = title
      await em.flush()
      await meanwhile()
      await em.execute('UPDATE tally SET writes = writes + 1')
      return row
    }, { isolationLevel: IsolationLevel.REPEATABLE_READ }),
    writeNowhere: () => orm.em.fork().execute("UPDATE nowhere SET title = ''"),
    close: () => orm.close()
  }
}
