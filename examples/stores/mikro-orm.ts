import { EntitySchema, IsolationLevel, LockMode, MikroORM, type EntityManager } from '@mikro-orm/postgresql'
import type { PageBody, Store } from './store.js'

class Page {
  id!: string
  slug!: string
  text!: string
  version!: number
}

const pageSchema = new EntitySchema<Page>({
  class: Page,
  tableName: 'mikroorm_page',
  properties: {
    id: { type: 'text', primary: true },
    slug: { type: 'text', unique: true },
    text: { type: 'text' },
    version: { type: 'integer', version: true }
  }
})

export async function openMikroOrm (url: string): Promise<Store> {
  const orm = await MikroORM.init({ entities: [pageSchema], clientUrl: url, ensureDatabase: false })

  // findOne compares the version that was loaded, flush the one that is there then: both throw
  async function update (em: EntityManager, id: string, body: PageBody, version: number): Promise<Page | null> {
    const page = await em.findOne(Page, id, { lockMode: LockMode.OPTIMISTIC, lockVersion: version })
    if (page === null) return null
    em.assign(page, body)
    await em.flush()
    return page
  }

  return {
    find: id => orm.em.fork().findOne(Page, id),
    update: (id, body, version) => update(orm.em.fork() as EntityManager, id, body, version),
    async create (id, body) {
      const em = orm.em.fork()
      const page = em.create(Page, { id, ...body, version: 1 })
      await em.flush()
      return page
    },
    updateAndCount: (id, body, version, meanwhile) => orm.em.fork().transactional(async em => {
      const page = await update(em as EntityManager, id, body, version)
      if (page === null) return null
      await meanwhile()
      await em.execute('UPDATE mikroorm_tally SET writes = writes + 1 WHERE id = 1')
      return page
    }, { isolationLevel: IsolationLevel.REPEATABLE_READ }),
    updateNowhere: () => orm.em.fork().execute("UPDATE mikroorm_nowhere SET text = ''"),
    close: () => orm.close()
  }
}
