import { DataTypes, Model, Sequelize, Transaction } from 'sequelize'
import type { PageBody, Store } from './store.js'

class Page extends Model {
  declare id: string
  declare slug: string
  declare text: string
  declare version: number
}

export async function openSequelize (url: string): Promise<Store> {
  const sequelize = new Sequelize(url, { logging: false })
  Page.init({
    id: { type: DataTypes.TEXT, primaryKey: true },
    slug: { type: DataTypes.TEXT, unique: true },
    text: DataTypes.TEXT
  }, { sequelize, tableName: 'sequelize_page', timestamps: false, version: true })

  // set('version', …) would keep the one that was loaded
  async function update (id: string, body: PageBody, version: number, transaction: Transaction | null = null): Promise<Page | null> {
    const page = await Page.findByPk(id, { transaction })
    if (page === null) return null
    page.setDataValue('version', version)
    return await page.update({ ...body }, { transaction })
  }

  return {
    find: id => Page.findByPk(id),
    update: (id, body, version) => update(id, body, version),
    create: (id, body) => Page.create({ id, ...body }),
    updateAndCount: (id, body, version, meanwhile) =>
      sequelize.transaction({ isolationLevel: Transaction.ISOLATION_LEVELS.REPEATABLE_READ }, async transaction => {
        const page = await update(id, body, version, transaction)
        if (page === null) return null
        await meanwhile()
        await sequelize.query('UPDATE sequelize_tally SET writes = writes + 1 WHERE id = 1', { transaction })
        return page
      }),
    updateNowhere: () => sequelize.query("UPDATE sequelize_nowhere SET text = ''"),
    close: () => sequelize.close()
  }
}
