import fp from 'fastify-plugin'
import etagPlugin from '../../../../lib/index.js'

export default fp(async app => {
  await app.register(etagPlugin, { policy: 'REQUIRED' })
})
