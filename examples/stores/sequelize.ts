import type { FastifyInstance, FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'
import { DataTypes, Model, type CreationOptional, type InferAttributes, type InferCreationAttributes, type Sequelize } from 'sequelize'

export class Page extends Model<InferAttributes<Page>, InferCreationAttributes<Page>> {
  declare id: string
  declare title: string
  declare version: CreationOptional<number>
}
type Params = { Params: { id: string } }
type Write = Params & { Body: { title: string } }

/** Pages in PostgreSQL by Sequelize. Returns what names and loads a page, for other routes of pages. */
export function addPages (app: FastifyInstance, sequelize: Sequelize) {
  Page.init({
    id: { type: DataTypes.TEXT, primaryKey: true },
    title: { type: DataTypes.TEXT, unique: true },
    version: { type: DataTypes.INTEGER, defaultValue: 1 }
  }, { sequelize, tableName: 'pages', timestamps: false, version: true })
  const page = defineEtag({
    source: 'version',
    load: (request: FastifyRequest<Params>) => Page.findByPk(request.params.id)
  })
  const config = { etag: page }

  app.get<Params>('/pages/:id', { config }, request => page.of(request).load())

  app.put<Write>('/pages/:id', { config }, request => {
    const { params: { id }, body: { title } } = request
    return page.of(request).guard(async ({ version }) => {
      const [, [row]] = await Page.update({ title, version: version + 1 }, { where: { id, version }, returning: true })
      return row ?? null
    }, { create: () => Page.create({ id, title }) })
  })

  app.delete<Params>('/pages/:id', { config }, async (request, reply) => {
    // the result is a count of rows
    await page.of(request).guard(({ version }) => Page.destroy({ where: { id: request.params.id, version } }))
    return reply.code(204).send()
  })

  return page
}
