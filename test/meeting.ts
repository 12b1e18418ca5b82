/** Where as many as are expected wait for each other; who comes later walks through. */
export function meetingOf (expected: number): () => Promise<void> {
  let open!: () => void
  const everyone = new Promise<void>(resolve => { open = resolve })
  let arrived = 0
  return () => {
    if (++arrived === expected) open()
    return everyone
  }
}

/** Something that a test waits for, or lets happen. */
export function gate (): { readonly opened: Promise<void>, readonly open: () => void } {
  let open!: () => void
  const opened = new Promise<void>(resolve => { open = resolve })
  return { opened, open }
}
