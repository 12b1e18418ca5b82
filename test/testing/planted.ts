import { type Test as Tap } from 'tap'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import etagPlugin, { type EtagPluginOptions, type EtagRouteOptions } from '../../lib/index.js'
import { NotChecked, Wrong } from '../../lib/testing/wrong.js'
import { checkRoute, RouteError, type Fault, type Report, type RouteUnderTest, type Target } from '../../lib/testing/index.js'

export interface Row { readonly id: string, readonly text: string, readonly version: number, readonly updatedAt: string }
type Params = { Params: { id: string } }
type Body = { Body: { text: string } }
export type Precondition = FastifyRequest['precondition']

/** Gives the other requests a turn, now and then several, as a database does. */
export async function query (turns = 1 + Math.floor(Math.random() * 3)): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise(resolve => setImmediate(resolve))
}

/** Rows in memory whose every statement takes its time, and is one step. */
export class Table {
  readonly rows = new Map<string, Row>()
  #version = 0

  async find (id: string): Promise<Row | null> {
    await query()
    return this.rows.get(id) ?? null
  }

  /** Writes where the condition holds, and moves the version as it is told. */
  async update (id: string, text: string, holds: (row: Row) => boolean, next: (row: Row) => number = ({ version }) => version + 1): Promise<Row | null> {
    await query()
    const row = this.rows.get(id)
    if (row === undefined || !holds(row)) return null
    const written = { ...row, text, version: next(row), updatedAt: new Date().toISOString() }
    this.rows.set(id, written)
    return written
  }

  async remove (id: string, holds: (row: Row) => boolean): Promise<boolean> {
    await query()
    const row = this.rows.get(id)
    return row !== undefined && holds(row) && this.rows.delete(id)
  }

  async insert (id: string, text: string): Promise<Row> {
    await query()
    if (this.rows.has(id)) throw Object.assign(new Error('duplicate key'), { code: '23505' })
    return this.upsert(id, text)
  }

  upsert (id: string, text: string): Row {
    const row = { id, text, version: ++this.#version, updatedAt: new Date().toISOString() }
    this.rows.set(id, row)
    return row
  }
}

/** What a fault changes of a service that has none. */
export interface Planted {
  readonly options?: EtagPluginOptions
  readonly etag?: EtagRouteOptions
  readonly get?: (precondition: Precondition, table: Table, request: FastifyRequest<Params>) => Promise<unknown>
  readonly put?: (precondition: Precondition, table: Table, id: string, text: string, reply: FastifyReply) => Promise<unknown>
  readonly remove?: (precondition: Precondition, table: Table, id: string) => Promise<unknown>
  /** Has the read no `config.etag`? */
  readonly getEtag?: false
  /** Has the DELETE none? */
  readonly removeEtag?: false
  /** Does nobody register the plugin? */
  readonly plugin?: false
  readonly prefix?: string
  readonly schema?: object
  /** What it has besides, ahead of its routes. */
  readonly prepare?: (app: FastifyInstance, table: Table) => unknown
}

export interface Service {
  readonly app: FastifyInstance
  readonly route: RouteUnderTest<Row>
}

/** The write that has no fault. */
export function guardedPut (precondition: Precondition, table: Table, id: string, text: string, _reply?: FastifyReply): Promise<Row> {
  return precondition.guard(({ version }) => table.update(id, text, row => row.version === version), { create: () => table.insert(id, text) })
}

// where no route asks for one
const noPrecondition = undefined as unknown as Precondition

/** A service of rows with a fault, or without one, and what `checkRoute` is told of it. */
export async function serve ({ options, etag, get, put = guardedPut, remove, getEtag, removeEtag, plugin, prefix = '', schema = {}, prepare }: Planted = {}): Promise<Service> {
  const app = Fastify()
  const table = new Table()
  table.upsert('7', 'begun')
  if (plugin !== false) await app.register(etagPlugin, { policy: 'REQUIRED', ...options })
  await prepare?.(app, table)
  const asking = { etag: { source: 'version', load: (request: FastifyRequest<Params>) => table.find(request.params.id), ...etag } }
  const config = plugin === false ? {} : asking

  await app.register(async rows => {
    rows.get<Params>('/rows/:id', getEtag === false ? {} : { config, schema }, request => get === undefined
      ? request.precondition.load()
      : get(getEtag === false ? noPrecondition : request.precondition, table, request))
    rows.route<Params & Body>({
      method: ['PUT', 'PATCH'],
      url: '/rows/:id',
      config,
      schema,
      handler: async (request, reply) => {
        const { params: { id }, body: { text }, precondition } = request
        return put(precondition, table, id, text, reply)
      }
    })
    rows.delete<Params>('/rows/:id', removeEtag === false ? {} : { config, schema }, async (request, reply) => {
      const { params: { id } } = request
      if (remove !== undefined) await remove(request.precondition, table, id)
      else if (removeEtag === false) await table.remove(id, () => true)
      else await request.precondition.guard(({ version }) => table.remove(id, row => row.version === version))
      return reply.code(204).send()
    })
  }, { prefix })

  return {
    app,
    route: {
      read: '/rows/7',
      write: '/rows/7',
      remove: '/rows/7',
      create: turn => ({ url: `/rows/new-${turn}`, body: { text: 'created' } }),
      change: (row, turn) => ({ text: `${row.id}, turn ${turn}` })
    }
  }
}

/** The report of a route, whether or not it is an error. */
export async function reportOn (target: Target, route: RouteUnderTest): Promise<Report> {
  try {
    return await checkRoute(target, route)
  } catch (error) {
    if (error instanceof RouteError) return error.report
    throw error
  }
}

/** The report of a service. */
export async function reportOf (planted: Planted, more: Partial<RouteUnderTest> = {}): Promise<Report> {
  const { app, route } = await serve(planted)
  try {
    return await reportOn(app, { ...route, ...more })
  } finally {
    await app.close()
  }
}

/** How a check ends: it holds, it finds a fault, or it is not checked. */
export async function endOf (check: Promise<unknown>): Promise<string> {
  try {
    await check
    return 'holds'
  } catch (error) {
    if (error instanceof Wrong) return error.finding.fault
    if (error instanceof NotChecked) return `not checked: ${error.message}`
    throw error
  }
}

/** What is not checked of a route, and why. */
export function notChecked ({ checks }: Report): ReadonlyArray<readonly [claim: string, because: string]> {
  return checks.flatMap(({ claim, because }) => because === undefined ? [] : [[claim, because] as const])
}

export type FaultTable = ReadonlyArray<readonly [name: string, fault: Fault, planted: Planted, more?: Partial<RouteUnderTest>]>

/** Finds each of these as exactly that fault. */
export function findEach (t: Tap, table: FaultTable): void {
  for (const [name, fault, planted, more] of table) {
    t.test(`${name} is found as ${fault}`, async t => {
      const report = await reportOf(planted, more)
      t.same(report.faults, [fault], String(report))
    })
  }
}

/** Finds nothing wrong with any of these. */
export function passEach (t: Tap, table: ReadonlyArray<readonly [name: string, planted: Planted, more?: Partial<RouteUnderTest>]>): void {
  for (const [name, planted, more] of table) {
    t.test(`${name} is no fault`, async t => {
      const report = await reportOf(planted, more)
      t.same(report.faults, [], String(report))
      t.same(notChecked(report), [], 'everything is checked')
    })
  }
}
