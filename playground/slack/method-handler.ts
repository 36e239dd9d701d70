import type { Clock } from '../clock.ts'
import type { Access } from './access.ts'
import type { Args } from './arguments.ts'
import type { Events } from './events.ts'
import type { Files } from './files.ts'
import type { JsonObject } from './json-object.ts'
import type { SlackLimits } from './limits.ts'
import type { Messages } from './messages.ts'
import type { Sessions } from './sessions.ts'
import type { Views } from './views.ts'
import type { Workspace } from './workspace.ts'

/**
 * Carries out one method with checked arguments. Returns the fields of the answer next to `ok`, or throws a
 * Refusal.
 */
export type MethodHandler = (args: Args) => JsonObject

export type MethodHandlers = Record<string, MethodHandler>

/** The state and services that the methods work with. */
export interface MethodContext {
  clock: Clock
  limits: SlackLimits
  origin: string
  scopes: ReadonlySet<string>
  workspace: Workspace
  messages: Messages
  sessions: Sessions
  files: Files
  views: Views
  events: Events
  access: Access
  /** Records something that Slack accepts, but that Vera must never do. */
  violation(sentence: string): void
}
