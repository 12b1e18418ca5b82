/** The symbol with this description under which an object itself keeps something: Fastify's own are nowhere else to be had. */
export function symbolOf (holder: object, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(holder).find(symbol => symbol.description === description)
}
