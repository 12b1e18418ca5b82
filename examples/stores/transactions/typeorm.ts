import { DataSource } from 'typeorm'
import { pageSchema } from '../typeorm.js'
import type { Transactions } from './transactions.js'

export async function openTypeOrm (url: string): Promise<Transactions> {
  const dataSource = await new DataSource({ type: 'postgres', url, entities: [pageSchema] }).initialize()
  return {
    writeAndCount: (id, title, version, meanwhile) => dataSource.transaction('REPEATABLE READ', async manager => {
      const result = await manager.getRepository(pageSchema).update({ id, version }, { title })
      if (result.affected === 0) return null
      await meanwhile()
      await manager.query('UPDATE tally SET writes = writes + 1')
      return result
    }),
    writeNowhere: () => dataSource.query("UPDATE nowhere SET title = ''"),
    close: () => dataSource.destroy()
  }
}
