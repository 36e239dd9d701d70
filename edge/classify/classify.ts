import { access } from '../../assistant.config.ts'
import type { Access } from '../../backend/assistant.ts'
import type { VerifiedBody } from '../signature.ts'
import { classifyClick } from './click.ts'
import { classifyCommand } from './command.ts'
import type { Decision, RequestMeta } from './decision.ts'
import { classifyEvent } from './event.ts'

/**
 * Decides what to do with a body that Slack signed. Pure. Never throws.
 *
 * | endpoint        | input                                                    | decision               |
 * | --------------- | -------------------------------------------------------- | ---------------------- |
 * | `events`        | `url_verification`                                       | answer the challenge   |
 * |                 | `app_rate_limited`                                       | ignore, log a warning  |
 * |                 | `app_mention`                                            | `turn`                 |
 * |                 | `message` in a direct message                            | `turn`                 |
 * |                 | `message` elsewhere that mentions the assistant          | `turn`                 |
 * |                 | `message` elsewhere that does not mention the assistant  | ignore                 |
 * |                 | subtype `file_share`, `thread_broadcast`, `me_message`   | as without the subtype |
 * |                 | an edit: `message_changed`, `app_mention` with `edited`  | ignore                 |
 * |                 | a deletion, a hidden message, a system message           | ignore                 |
 * |                 | our own message                                          | ignore                 |
 * |                 | another bot or a workflow that `access.bots` omits       | ignore                 |
 * |                 | a person of another company, unless `access.outsiders`   | ignore                 |
 * |                 | `agent_session_stopped`                                  | `stop`                 |
 * | `interactivity` | the button `feedback`                                    | `feedback`             |
 * |                 | the button `retry`                                       | `retry`                |
 * |                 | either button with a turn of another channel             | ignore                 |
 * | `commands`      | a command with a question                                | `command`              |
 * |                 | a command with `help` or without text                    | answer the help        |
 * |                 | `ssl_check`                                              | ignore                 |
 * | any             | anything else                                            | ignore with a reason   |
 *
 * One post can arrive as `message` and as `app_mention`, in any order. Both get the same id. A mention with a
 * file arrives only as `message`. Slack also sends an event again if we answer late. We hand all of them off,
 * and the backend's claim lets one through. We never answer with an error, because Slack would send the event
 * again.
 */
export function classify(
  endpoint: 'events' | 'interactivity' | 'commands',
  body: VerifiedBody,
  meta: RequestMeta,
  allowed: Access = access,
): Decision {
  switch (endpoint) {
    case 'events':
      return classifyEvent(body, meta, allowed)
    case 'interactivity':
      return classifyClick(body, meta)
    case 'commands':
      return classifyCommand(body, meta)
  }
}
