/** A trigger_id. One button press or command may open one view, for a short time. */
export interface Trigger {
  at: number
  used: boolean
}

export interface StoredView {
  id: string
  hash: string
  view: Record<string, unknown>
}

export interface Suggestion {
  prompts: readonly unknown[]
  title: string
  at: number
}

/**
 * What the app shows outside messages: home tabs by person, opened views by id, suggested prompts by channel.
 */
export interface Views {
  homes: ReadonlyMap<string, StoredView>
  opened: ReadonlyMap<string, StoredView>
  suggestions: ReadonlyMap<string, Suggestion>
  triggers: Map<string, Trigger>
  store(where: 'home' | 'opened', key: string | undefined, view: Record<string, unknown>): StoredView
  suggest(channel: string, suggestion: Suggestion): void
}

export function createViews(): Views {
  const homes = new Map<string, StoredView>()
  const opened = new Map<string, StoredView>()
  const suggestions = new Map<string, Suggestion>()
  let stored = 0
  return {
    homes,
    opened,
    suggestions,
    triggers: new Map(),
    store(where, key, view) {
      stored += 1
      const kept = where === 'home' ? homes : opened
      const id = kept.get(key ?? '')?.id ?? `V00FAKE${stored}`
      const made = { id, hash: `hash${stored}`, view }
      kept.set(key ?? id, made)
      return made
    },
    suggest: (channel, suggestion) => void suggestions.set(channel, suggestion),
  }
}
