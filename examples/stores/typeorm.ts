import { DataSource, EntitySchema, type EntityManager, type UpdateResult } from 'typeorm'
import type { Page, PageBody, Store } from './store.js'

const pageSchema = new EntitySchema<Page>({
  name: 'typeorm_page',
  columns: {
    id: { type: 'text', primary: true },
    slug: { type: 'text', unique: true },
    text: { type: 'text' },
    version: { type: 'int', version: true }
  }
})

export async function openTypeOrm (url: string): Promise<Store> {
  const dataSource = await new DataSource({ type: 'postgres', url, entities: [pageSchema] }).initialize()

  // save() compares no version; the column of the version counts on by itself
  const update = (manager: EntityManager, id: string, body: PageBody, version: number): Promise<UpdateResult> =>
    manager.getRepository(pageSchema).update({ id, version }, body)

  return {
    find: id => dataSource.getRepository(pageSchema).findOneBy({ id }),
    update: (id, body, version) => update(dataSource.manager, id, body, version),
    async create (id, body) {
      const pages = dataSource.getRepository(pageSchema)
      const page = pages.create({ id, ...body })
      await pages.insert(page)
      return page
    },
    updateAndCount: (id, body, version, meanwhile) => dataSource.transaction('REPEATABLE READ', async manager => {
      const result = await update(manager, id, body, version)
      if (result.affected === 0) return null
      await meanwhile()
      await manager.query('UPDATE typeorm_tally SET writes = writes + 1 WHERE id = 1')
      return result
    }),
    updateNowhere: () => dataSource.query("UPDATE typeorm_nowhere SET text = ''"),
    close: () => dataSource.destroy()
  }
}
