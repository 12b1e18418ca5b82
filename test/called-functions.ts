import { Session } from 'node:inspector/promises'
import path from 'node:path'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import Fastify, { type InjectOptions } from 'fastify'
import etagPlugin, { defineEtag } from '../lib/index.js'

const LIB = path.join(__dirname, '../lib/')

/**
 * The functions of `lib` that run while each of these requests is answered, as V8 counts them: in a thread of its own, since
 * counting takes the counts away from who measures the coverage of the tests.
 */
export async function calledFunctions (requests: readonly InjectOptions[]): Promise<string[][]> {
  const worker = new Worker(__filename, { env: { ...process.env, NODE_V8_COVERAGE: '' } })
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', resolve)
      worker.on('error', reject)
      worker.postMessage(requests)
    })
  } finally {
    await worker.terminate()
  }
}

async function serve (requests: readonly InjectOptions[]): Promise<string[][]> {
  const app = Fastify()
  await app.register(etagPlugin, { policy: 'REQUIRED', source: 'version' })
  const answer = async (): Promise<object> => ({ version: 1 })
  app.get('/unasked', answer)
  app.put('/unasked', answer)
  const document = defineEtag({ load: async () => ({ version: 1 }), parseVersion: Number })
  app.put('/guarded', { config: { etag: document } }, async request => document.of(request).guard(async () => ({ version: 2 })))
  app.put('/at-once', { config: { etag: document } }, document.guarded(async () => ({ version: 2 })))
  app.get('/asked', { config: { etag: { load: () => ({ version: 1 }) } } }, answer)
  await app.ready()

  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  const called: string[][] = []
  for (const request of requests) {
    await session.post('Profiler.takePreciseCoverage')
    await app.inject(request)
    const { result } = await session.post('Profiler.takePreciseCoverage')
    called.push(result.filter(({ url }) => url.includes(LIB)).flatMap(({ functions }) =>
      functions.filter(({ ranges }) => ranges[0]!.count > 0).map(({ functionName }) => functionName)))
  }
  return called
}

if (!isMainThread) parentPort!.on('message', async requests => parentPort!.postMessage(await serve(requests)))
