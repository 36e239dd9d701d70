import { agents } from './agents.ts'
import { chat } from './chat.ts'
import { chatStreams } from './chat-streams.ts'
import { conversations } from './conversations.ts'
import { fileMethods } from './file-methods.ts'
import type { MethodContext, MethodHandlers } from './method-handler.ts'
import { peopleMethods } from './people-methods.ts'
import { reactions } from './reactions.ts'
import { surfaces } from './surfaces.ts'

/**
 * The handlers of all methods that the simulator carries out. `closers` gets functions to call at the end.
 */
export function createMethodHandlers(context: MethodContext, closers: Set<() => void>): MethodHandlers {
  return {
    ...peopleMethods(context),
    ...conversations(context),
    ...chat(context),
    ...chatStreams(context, closers),
    ...agents(context),
    ...reactions(context),
    ...fileMethods(context),
    ...surfaces(context),
  }
}
