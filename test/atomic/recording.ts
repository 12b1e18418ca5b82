import type { Operation, Write } from './history.js'

/** What the clients did and saw, in the order in which it ended. */
export class Recording {
  readonly operations: Operation[] = []
  readonly writes: Record<Write['outcome'], number> = { acknowledged: 0, refused: 0, indeterminate: 0 }

  add (operation: Operation): void {
    this.operations.push(operation)
    if (operation.kind === 'write') this.writes[operation.outcome]++
  }
}
