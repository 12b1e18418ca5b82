import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '../prisma/client/client.js'
import type { Transactions } from './transactions.js'

export async function openPrisma (url: string): Promise<Transactions> {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) })
  return {
    writeAndCount: (id, title, version, meanwhile) => prisma.$transaction(async transaction => {
      const row = await transaction.page.update({ where: { id, version }, data: { title, version: { increment: 1 } } })
      await meanwhile()
      await transaction.$executeRaw`UPDATE tally SET writes = writes + 1`
      return row
    }, { isolationLevel: 'RepeatableRead' }),
    writeNowhere: () => prisma.$executeRaw`UPDATE nowhere SET title = ''`,
    close: () => prisma.$disconnect()
  }
}
