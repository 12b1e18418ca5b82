import type { FastifyInstance } from 'fastify'
import { declareDocuments } from '../../documents.js'

export default async function documents (app: FastifyInstance): Promise<void> {
  declareDocuments(app)
}
