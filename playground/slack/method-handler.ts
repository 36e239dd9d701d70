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

/** What one method does with arguments that passed the table: the fields of its answer beside `ok`, or a thrown Refusal. */
export type MethodHandler = (args: Args) => JsonObject

export type MethodHandlers = Record<string, MethodHandler>

/** What the methods work on. */
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
  /** Reports what Slack lets pass and our product may not do. */
  violation(sentence: string): void
}
