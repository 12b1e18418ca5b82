import { DataTypes, Model, Sequelize, Transaction, type CreationOptional, type InferAttributes, type InferCreationAttributes } from 'sequelize'
import type { Transactions } from './transactions.js'

class Page extends Model<InferAttributes<Page>, InferCreationAttributes<Page>> {
  declare id: string
  declare title: string
  declare version: CreationOptional<number>
}

export async function openSequelize (url: string): Promise<Transactions> {
  const sequelize = new Sequelize(url, { logging: false })
  Page.init({
    id: { type: DataTypes.TEXT, primaryKey: true },
    title: DataTypes.TEXT,
    version: DataTypes.INTEGER
  }, { sequelize, tableName: 'pages', timestamps: false, version: true })
  return {
    // by the instance, whose version set('version', …) would not change
    writeAndCount: (id, title, version, meanwhile) =>
      sequelize.transaction({ isolationLevel: Transaction.ISOLATION_LEVELS.REPEATABLE_READ }, async transaction => {
        const row = await Page.findByPk(id, { transaction })
        if (row === null) return null
        row.setDataValue('version', version)
        await row.update({ title }, { transaction })
        await meanwhile()
        await sequelize.query('UPDATE tally SET writes = writes + 1', { transaction })
        return row
      }),
    writeNowhere: () => sequelize.query("UPDATE nowhere SET title = ''"),
    close: () => sequelize.close()
  }
}
