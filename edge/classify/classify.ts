import { access } from '../../assistant.config.ts'
import type { Access } from '../../backend/assistant.ts'
import type { VerifiedBody } from '../signature.ts'
import { classifyClick } from './click.ts'
import { classifyCommand } from './command.ts'
import type { Decision, RequestMeta } from './decision.ts'
import { classifyEvent } from './event.ts'

/**
 * What is to be done with a body that Slack signed. Pure; never throws.
 *
 * | to          | what came                                                       | decision              |
 * | ----------- | --------------------------------------------------------------- | --------------------- |
 * | `events`    | `url_verification`                                              | the challenge         |
 * |             | `app_rate_limited`                                              | ignored, as a warning |
 * |             | `app_mention`                                                   | `turn`                |
 * |             | `message` in a direct message                                   | `turn`                |
 * |             | `message` elsewhere, in a group direct message too, that mentions the assistant | the same `turn`: one post can come as both, in any order, and a mention with a file as `message` alone |
 * |             | the subtypes `file_share`, `thread_broadcast`, `me_message`     | as without            |
 * |             | `agent_session_stopped`                                         | `stop`                |
 * |             | an edit: `message_changed`, or a mention sent again with `edited` | ignored             |
 * |             | a deletion, a hidden or a system message                        | ignored               |
 * |             | its own messages                                                | ignored               |
 * |             | other bots and workflows, unless `access.bots` names them       | ignored               |
 * |             | people from outside the workspace, unless `access.outsiders`    | ignored               |
 * |             | a message elsewhere that does not mention the assistant         | ignored               |
 * | `interactivity` | the button `feedback`                                       | `feedback`            |
 * |             | the button `retry`                                              | `retry`               |
 * |             | either, with the turn of another channel than the click's       | ignored               |
 * | `commands`  | a command with a question                                       | `command`             |
 * |             | a command with `help` or nothing                                | the help              |
 * |             | `ssl_check`                                                     | ignored               |
 * | any         | everything else                                                 | ignored with a reason, never an error: Slack must not send it again |
 */
export function classify(
  to: 'events' | 'interactivity' | 'commands',
  body: VerifiedBody,
  seen: RequestMeta,
  admitted: Access = access,
): Decision {
  switch (to) {
    case 'events':
      return classifyEvent(body, seen, admitted)
    case 'interactivity':
      return classifyClick(body, seen)
    case 'commands':
      return classifyCommand(body, seen)
  }
}
