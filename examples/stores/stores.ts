import { setImmediate } from 'node:timers/promises'
import { PrismaPg } from '@prisma/adapter-pg'
import { MikroORM } from '@mikro-orm/postgresql'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { FastifyInstance } from 'fastify'
import createKnex from 'knex'
import { Kysely, PostgresDialect } from 'kysely'
import mongoose from 'mongoose'
import { Pool } from 'pg'
import postgres from 'postgres'
import { Sequelize } from 'sequelize'
import { DataSource } from 'typeorm'
import type { Fault } from 'fastify-etag-policy/testing'
import * as drizzlePages from './drizzle.js'
import * as drizzleUnsafe from './drizzle.unsafe.js'
import * as kyselyPages from './kysely.js'
import * as kyselyUnsafe from './kysely.unsafe.js'
import * as mikroOrmPages from './mikro-orm.js'
import * as mikroOrmUnsafe from './mikro-orm.unsafe.js'
import * as mongoosePages from './mongoose.js'
import * as mongooseUnsafe from './mongoose.unsafe.js'
import * as sqlitePages from './node-sqlite.js'
import * as sqliteUnsafe from './node-sqlite.unsafe.js'
import * as objectionPages from './objection.js'
import * as objectionUnsafe from './objection.unsafe.js'
import * as pgPages from './pg.js'
import * as pgUnsafe from './pg.unsafe.js'
import * as postgresJsPages from './postgres-js.js'
import * as postgresJsUnsafe from './postgres-js.unsafe.js'
import * as prismaPages from './prisma.js'
import * as prismaUnsafe from './prisma.unsafe.js'
import { PrismaClient } from './prisma/client/client.js'
import * as sequelizePages from './sequelize.js'
import * as sequelizeUnsafe from './sequelize.unsafe.js'
import * as typeormPages from './typeorm.js'
import * as typeormUnsafe from './typeorm.unsafe.js'

/** A store that is connected, with its pages. */
export interface OpenStore {
  /** Adds the safe routes at `/pages/:id`, and those that only look safe at `/unsafe/:id`. */
  addRoutes (app: FastifyInstance): void
  close (): Promise<void>
}

/** A store that the plugin is tried with. */
export interface TriedStore {
  readonly name: string
  /** The name of its files, without what follows the first dot. */
  readonly file: string
  /** The package whose version is tried; `undefined`: it comes with Node. */
  readonly package: string | undefined
  /** The fault that the contract check finds in the form that looks safe, by the method of that. */
  readonly faults: { readonly PUT?: Fault, readonly DELETE?: Fault }
  /** Why it is not run here; `undefined`: it is. */
  readonly notRun?: string | undefined
  /** Connects to it. The stores that are no PostgreSQL need no url of one, and bring their tables. */
  open (url: string): Promise<OpenStore>
}

/** The tables of the stores on PostgreSQL. */
export const TABLES = `
  CREATE TABLE pages (id text PRIMARY KEY, title text NOT NULL UNIQUE, version integer NOT NULL DEFAULT 1);
  CREATE TABLE tally (writes integer NOT NULL);
  INSERT INTO tally VALUES (0)`

/** The stores on PostgreSQL. */
export const ON_POSTGRES: readonly TriedStore[] = [
  {
    name: 'pg',
    file: 'pg',
    package: 'pg',
    faults: { PUT: 'condition-elsewhere' },
    async open (url) {
      const pool = new Pool({ connectionString: url })
      return {
        addRoutes: app => pgUnsafe.addUnsafe(app, pgPages.addPages(app, pool), pool),
        close: () => pool.end()
      }
    }
  },
  {
    name: 'postgres.js',
    file: 'postgres-js',
    package: 'postgres',
    faults: { PUT: 'condition-elsewhere' },
    async open (url) {
      const sql = postgres(url)
      return {
        addRoutes: app => postgresJsUnsafe.addUnsafe(app, postgresJsPages.addPages(app, sql), sql),
        close: () => sql.end()
      }
    }
  },
  {
    name: 'Kysely',
    file: 'kysely',
    package: 'kysely',
    faults: { PUT: 'condition-elsewhere' },
    async open (url) {
      const db = new Kysely<kyselyPages.Database>({ dialect: new PostgresDialect({ pool: new Pool({ connectionString: url }) }) })
      return {
        addRoutes: app => kyselyUnsafe.addUnsafe(app, kyselyPages.addPages(app, db), db),
        close: () => db.destroy()
      }
    }
  },
  {
    name: 'Drizzle',
    file: 'drizzle',
    package: 'drizzle-orm',
    faults: { PUT: 'condition-elsewhere' },
    async open (url) {
      const pool = new Pool({ connectionString: url })
      const db = drizzle(pool)
      return {
        addRoutes: app => drizzleUnsafe.addUnsafe(app, drizzlePages.addPages(app, db), db),
        close: () => pool.end()
      }
    }
  },
  {
    name: 'Prisma',
    file: 'prisma',
    package: '@prisma/client',
    faults: { PUT: 'condition-elsewhere' },
    async open (url) {
      const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) })
      return {
        addRoutes: app => prismaUnsafe.addUnsafe(app, prismaPages.addPages(app, prisma), prisma),
        close: () => prisma.$disconnect()
      }
    }
  },
  {
    name: 'TypeORM',
    file: 'typeorm',
    package: 'typeorm',
    faults: { PUT: 'condition-elsewhere' },
    async open (url) {
      const dataSource = await new DataSource({ type: 'postgres', url, entities: [typeormPages.pageSchema] }).initialize()
      return {
        addRoutes: app => typeormUnsafe.addUnsafe(app, typeormPages.addPages(app, dataSource), dataSource),
        close: () => dataSource.destroy()
      }
    }
  },
  {
    name: 'MikroORM',
    file: 'mikro-orm',
    package: '@mikro-orm/core',
    faults: { DELETE: 'remove-unguarded' },
    async open (url) {
      const orm = await MikroORM.init({ entities: [mikroOrmPages.pageSchema], clientUrl: url, ensureDatabase: false })
      return {
        addRoutes: app => mikroOrmUnsafe.addUnsafe(app, mikroOrmPages.addPages(app, orm), orm),
        close: () => orm.close()
      }
    }
  },
  {
    name: 'Sequelize',
    file: 'sequelize',
    package: 'sequelize',
    faults: { PUT: 'version-not-moved', DELETE: 'remove-unguarded' },
    async open (url) {
      const sequelize = new Sequelize(url, { logging: false })
      return {
        addRoutes: app => sequelizeUnsafe.addUnsafe(app, sequelizePages.addPages(app, sequelize)),
        close: () => sequelize.close()
      }
    }
  },
  {
    name: 'Objection',
    file: 'objection',
    package: 'objection',
    faults: { PUT: 'naive-write' },
    async open (url) {
      const knex = createKnex({ client: 'pg', connection: url })
      return {
        addRoutes: app => objectionUnsafe.addUnsafe(app, objectionPages.addPages(app, knex), knex),
        close: () => knex.destroy()
      }
    }
  }
]

const [major, minor] = process.versions.node.split('.').map(Number)
const hasSqlite = major! > 22 || (major === 22 && minor! >= 13)
const { MONGODB_URL } = process.env

/** All stores. */
export const STORES: readonly TriedStore[] = [
  ...ON_POSTGRES,
  {
    name: 'node:sqlite',
    file: 'node-sqlite',
    package: undefined,
    faults: { PUT: 'condition-elsewhere' },
    notRun: hasSqlite ? undefined : `it is in Node from 22.13 on, and this is ${process.version}`,
    async open () {
      const { DatabaseSync } = await import('node:sqlite')
      const db = new DatabaseSync(':memory:')
      db.exec('CREATE TABLE pages (id TEXT PRIMARY KEY, title TEXT NOT NULL UNIQUE, version INTEGER NOT NULL DEFAULT 1)')
      return {
        addRoutes: app => sqliteUnsafe.addUnsafe(app, sqlitePages.addPages(app, db), db, () => setImmediate()),
        close: async () => db.close()
      }
    }
  },
  {
    name: 'Mongoose',
    file: 'mongoose',
    package: 'mongoose',
    faults: { PUT: 'version-not-moved' },
    notRun: MONGODB_URL === undefined ? 'it needs a MongoDB: set MONGODB_URL to an empty database of one' : undefined,
    async open () {
      await mongoose.connect(MONGODB_URL!)
      await mongoosePages.Pages.init()
      return {
        addRoutes: app => mongooseUnsafe.addUnsafe(app, mongoosePages.addPages(app)),
        close: async () => {
          await mongoose.connection.dropDatabase()
          await mongoose.disconnect()
        }
      }
    }
  }
]
