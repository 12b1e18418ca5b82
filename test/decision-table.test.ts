import { subscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import etagPlugin, { type Decision, type EtagPluginOptions, type EtagRouteOptions } from '../lib/index.js'

/**
 * What each request is answered, one line each, written from the contract and not from the code. The policy `value` is
 * declared at `level`, and the plugin declares `outside` where that level is nearer; the current tag is "2".
 * `policy` and `decided` are what the decision says, and `etag` is that of a refusal or a 304.
 */
const [header, ...lines] = readFileSync(join(__dirname, 'decision-table.tsv'), 'utf8').trimEnd().split('\n')
const COLUMNS = ['level', 'value', 'outside', 'method', 'state', 'sent', 'status', 'code', 'policy', 'decided', 'reason', 'etag'] as const
type Line = Record<typeof COLUMNS[number], string>
const table = lines.map(line => Object.fromEntries(line.split('\t').map((cell, at) => [COLUMNS[at], cell])) as Line)

const LEVELS = ['plugin', 'plugin by kind', 'scope', 'route', 'state', 'request']
const POLICIES = ['REQUIRED', 'REQUIRED_FOR_DELETE', 'OPTIONAL']
const WRITES = ['PUT', 'PATCH', 'DELETE', 'POST']
const READS = ['GET', 'HEAD']
const THREE = ['there', 'absent', 'tagless']

const ONE_CONDITION = [
  '-',
  'If-Match: "2"',
  'If-Match: "1"',
  'If-Match: "1", "2"',
  'If-Match: *',
  'If-Match: W/"2"',
  'If-Match: 2',
  'If-None-Match: *',
  'If-None-Match: "2"',
  'If-Unmodified-Since: Fri, 02 Jan 2026 03:04:05 GMT',
  'If-Unmodified-Since: Fri, 02 Jan 2026 03:04:04 GMT'
]
const STRANGER = [
  'If-Match:',
  'If-Match: "1", W/"2"',
  'If-Match: "2", *',
  'If-None-Match: "1"',
  'If-None-Match: 2',
  'If-Unmodified-Since: yesterday',
  'If-Modified-Since: Fri, 02 Jan 2026 03:04:05 GMT',
  'If-Match: "2" + If-Unmodified-Since: Fri, 02 Jan 2026 03:04:04 GMT',
  'If-Match: "2" + If-None-Match: "2"',
  'If-Match: "2" + If-None-Match: "1"',
  'If-Match: "2" + If-None-Match: 2',
  'If-Match: "1" + If-None-Match: *',
  'If-Match: * + If-None-Match: "1"',
  'If-Unmodified-Since: Fri, 02 Jan 2026 03:04:05 GMT + If-None-Match: *',
  'If-Unmodified-Since: Fri, 02 Jan 2026 03:04:04 GMT + If-None-Match: *'
]
const OF_READS = [
  'If-None-Match: "1"',
  'If-None-Match: 2',
  'If-Modified-Since: Fri, 02 Jan 2026 03:04:05 GMT',
  'If-Modified-Since: Fri, 02 Jan 2026 03:04:04 GMT',
  'If-Modified-Since: yesterday',
  'If-None-Match: "1" + If-Modified-Since: Fri, 02 Jan 2026 03:04:05 GMT',
  'If-Match: "2" + If-None-Match: "2"'
]

/** The table has every combination of each of these, and nothing else. */
const parts: ReadonlyArray<readonly [levels: readonly string[], values: readonly string[], methods: readonly string[], states: readonly string[], sent: readonly string[]]> = [
  [LEVELS, POLICIES, WRITES, THREE, ONE_CONDITION],
  [['plugin'], ['REQUIRED', 'OPTIONAL'], ['PUT', 'DELETE'], THREE, STRANGER],
  [['plugin'], ['REQUIRED', 'OPTIONAL'], ['PUT', 'DELETE'], ['undated'], [...ONE_CONDITION, ...STRANGER]],
  [['plugin'], ['REQUIRED'], READS, [...THREE, 'undated'], [...ONE_CONDITION, ...OF_READS]],
  [['request'], ['REQUIRED'], READS, THREE, ONE_CONDITION]
]

t.test('the table has each combination of what it speaks of once, and a nearer level stands against another policy', async t => {
  t.equal(header, COLUMNS.join('\t'))
  t.ok(table.length >= 900, `${table.length} rows`)
  t.ok(lines.every(line => line.split('\t').length === COLUMNS.length), 'every row has every column')

  const rows = table.map(({ level, value, method, state, sent }) => [level, value, method, state, sent].join('\t'))
  t.equal(new Set(rows).size, rows.length, 'no row comes twice')
  const combinations = parts.flatMap(axes => axes.reduce<string[][]>((heads, axis) => heads.flatMap(head => axis.map(one => [...head, one])), [[]]))
  t.same(rows.sort(), combinations.map(one => one.join('\t')).sort())

  for (const { level, value, outside } of table) {
    const isNearer = ['scope', 'route', 'state'].includes(level)
    if (isNearer ? !POLICIES.includes(outside) || outside === value : outside !== '-') t.fail(`${level} ${value} against ${outside}`)
  }
})

interface Row { readonly version: number | null, readonly updatedAt?: string, readonly policy: string }

/** What stands in the store before a request. */
const states: Record<string, (policy: string) => Row | null> = {
  there: policy => ({ version: 2, updatedAt: '2026-01-02T03:04:05.678901Z', policy }),
  undated: policy => ({ version: 2, policy }),
  tagless: policy => ({ version: null, updatedAt: '2026-01-02T03:04:05.678901Z', policy }),
  absent: () => null
}

interface Service { readonly app: FastifyInstance, readonly refusals: Error[], stored: Row | null }

/** A service of one document whose policy is declared where the line says. */
async function serviceOf ({ level, value, outside }: Line): Promise<Service> {
  const app = Fastify()
  const service: Service = { app, refusals: [], stored: null }
  app.addHook('onError', (request, reply, error, done) => {
    service.refusals.push(error)
    done()
  })

  const declared: Record<string, readonly [plugin: unknown, scope?: unknown, route?: object]> = {
    plugin: [value],
    'plugin by kind': [{ doc: value, other: value === 'REQUIRED' ? 'OPTIONAL' : 'REQUIRED' }, undefined, { kind: 'doc' }],
    scope: [outside, value],
    route: [outside, undefined, { policy: value }],
    // no `?.`: where nothing is there, there is no state to ask about
    state: [outside, undefined, { policy: (_request: FastifyRequest, row: Row) => row.policy }],
    request: [value]
  }
  const [plugin, scope, route] = declared[level]!
  await app.register(etagPlugin, {
    policy: plugin,
    source: 'version',
    lastModified: 'updatedAt',
    checkEtagParam: level === 'request',
    unguarded: 'error'
  } as EtagPluginOptions)
  await app.register(async inner => {
    if (scope !== undefined) await inner.register(etagPlugin, { policy: scope } as EtagPluginOptions)
    const config = { etag: { ...route, load: () => service.stored } as EtagRouteOptions }
    inner.get('/:id', { config }, request => request.precondition.load())
    inner.route({ method: WRITES, url: '/:id', config, handler: write })
  })
  return service

  async function write (request: FastifyRequest, reply: FastifyReply): Promise<object> {
    const put = async (version: number): Promise<Row> => { return (service.stored = { version, policy: value }) }
    const guarded = await request.precondition.guard<object | true>(async ({ version }) => {
      if (service.stored === null || service.stored.version !== version) return null
      if (request.method !== 'DELETE') return put((version ?? 0) + 1)
      service.stored = null
      return true
    }, {
      create: () => {
        reply.code(201)
        return put(1)
      }
    })
    return guarded === true ? {} : guarded
  }
}

const decisions: Decision[] = []
subscribe('fastify-etag-policy:decision', message => { decisions.push(message as Decision) })

const fieldsOf = (sent: string): Record<string, string> => Object.fromEntries(sent === '-'
  ? []
  : sent.split(' + ').map(field => [field.slice(0, field.indexOf(':')), field.slice(field.indexOf(':') + 1).trim()]))

/** The columns of the answer, and whether the method was performed, as the service has them. */
async function answerOf (service: Service, { level, value, method, state, sent }: Line): Promise<string> {
  const before = service.stored = states[state]!(value)
  service.refusals.length = 0
  decisions.length = 0
  const response = await service.app.inject({
    method: method as 'PUT',
    url: level === 'request' ? '/7?checkEtag' : '/7',
    headers: fieldsOf(sent)
  })
  const { statusCode: status, headers: { etag = '-' } } = response
  const [decision, ...more] = decisions
  const refusal = service.refusals[0] as { code?: string } | undefined
  const told = [
    status, refusal?.code ?? '-', decision?.policy, decision?.level, decision?.reason ?? '-', status < 300 ? '-' : etag,
    service.stored === before ? 'nothing written' : 'written'
  ]

  // the problem says the same as error, decision and header
  if (status >= 400 && method !== 'HEAD') {
    const problem = response.json()
    const said = [problem.code, problem.reason ?? '-', problem.currentEtag ?? '-', decision?.status]
    const other = [refusal?.code, decision?.reason ?? '-', etag, status]
    if (status === 428) {
      said.push(problem.policy, problem.level)
      other.push(decision?.policy, decision?.level)
    }
    if (said.join() !== other.join()) told.push(`but the problem says ${response.body}`)
  }
  if (more.length > 0) told.push('decided twice')
  return told.join('\t')
}

for (const level of LEVELS) {
  for (const value of POLICIES) {
    t.test(`${value} declared at the level "${level}" is answered as the table says, and written only by a success`, async t => {
      const rows = table.filter(line => line.level === level && line.value === value)
      const service = await serviceOf(rows[0]!)
      for (const line of rows) {
        const { method, status, code, policy, decided, reason, etag } = line
        const isWritten = status.startsWith('2') && WRITES.includes(method)
        t.equal(
          await answerOf(service, line),
          [status, code, policy, decided, reason, etag, isWritten ? 'written' : 'nothing written'].join('\t'),
          Object.values(line).join(' | ')
        )
      }
      await service.app.close()
    })
  }
}
