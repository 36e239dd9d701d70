/** Slack's limits count UTF-8 bytes. */
export function bytesOf(text: string): number {
  return Buffer.byteLength(text)
}

/** Gives the bytes of the first `at` characters of `text`, all counted once. */
export function bytesUpTo(text: string): (at: number) => number {
  const upTo = new Uint32Array(text.length + 1)
  let bytes = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    // Each surrogate counts as half of its character's four bytes.
    bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3
    upTo[at + 1] = bytes
  }
  return (at) => upTo[at] ?? bytes
}
