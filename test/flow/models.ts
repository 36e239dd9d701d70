import type { Model, StopReason } from '../../playground/bedrock/models/model.ts'

/** Says `words` words, one every `everyMs`: "word1 word2 …". */
export function speaking(words: number, everyMs: number): Model {
  return {
    async *answer() {
      for (let n = 1; n <= words; n++) {
        yield { pauseMs: everyMs }
        yield { text: `word${n} ` }
      }
    },
  }
}

/** Says words, one every `everyMs`, until `over` resolves: "word1 word2 … end". */
export function speakingUntil(over: Promise<unknown>, everyMs: number): Model {
  return {
    async *answer() {
      let isOver = false
      const end = () => {
        isOver = true
      }
      void over.then(end, end)
      for (let n = 1; !isOver; n++) {
        yield { pauseMs: everyMs }
        yield { text: `word${n} ` }
      }
      yield { text: 'end' }
    },
  }
}

/** Says a text in pieces of this many characters. */
export function saying(text: string, characters = 40): Model {
  return {
    async *answer() {
      for (let at = 0; at < text.length; at += characters) yield { text: text.slice(at, at + characters) }
    },
  }
}

/** Says a text, then stops for this reason. */
export function ending(text: string, stopReason: StopReason): Model {
  return {
    async *answer() {
      if (text !== '') yield { text }
      yield { stopReason }
    },
  }
}

/** Says nothing for this long; nobody should wait for its words. */
export function silent(ms: number): Model {
  return {
    async *answer() {
      yield { pauseMs: ms }
      yield { text: 'too late' }
    },
  }
}
