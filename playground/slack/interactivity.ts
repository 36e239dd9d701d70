import type { Access } from './access.ts'
import { type Block, isObject } from './blocks.ts'
import type { Deliverer, Delivery } from './delivery.ts'
import type { RequestUrls } from './events.ts'
import { identity } from './identity.ts'
import { messageJson } from './message-json.ts'
import type { Message, Messages } from './messages.ts'
import type { ResponseUrls } from './response-urls.ts'
import { blocksOf } from './streams.ts'
import type { Views } from './views.ts'
import type { Workspace } from './workspace.ts'

export interface Press {
  channel: string
  ts: string
  user: string
  actionId: string
  /**
   * The value of the pressed button, to choose between two feedback buttons. A plain button does not need it.
   */
  value?: string
}

export interface Command {
  /** With the slash: `/vera`. */
  command: string
  text: string
  channel: string
  user: string
}

export interface Interactivity {
  /**
   * Presses a button of a message. Throws if there is no such button. Resolves when the app has answered;
   * Slack does not repeat it.
   */
  pressButton(press: Press): Promise<Delivery>
  /** Types a slash command. The delivery's `answer` is what the app shows to the person. */
  slashCommand(command: Command): Promise<Delivery>
}

/** Sends button clicks and commands: signed form posts with a response_url and a trigger_id. */
export function createInteractivity(options: {
  workspace: Workspace
  messages: Messages
  views: Views
  responseUrls: ResponseUrls
  deliverer: Deliverer
  urls: () => RequestUrls | undefined
  access: Pick<Access, 'holds'>
  now: () => number
}): Interactivity {
  const { workspace, messages, views, responseUrls, deliverer, urls, access, now } = options

  function trigger(): string {
    const id = `${views.triggers.size + 1}.00.fake-trigger`
    views.triggers.set(id, { at: now(), used: false })
    return id
  }

  return {
    async pressButton({ channel, ts, user, actionId, value }) {
      const message = messages.find(channel, ts)
      if (!message) throw new Error(`There is no message ${ts} in ${channel}, so no button can be pressed.`)
      const action = findAction(message, actionId, value)
      const url = urls()?.interactivity
      if (!action || url === undefined)
        throw new Error(
          action
            ? 'The app has no Request URL for interactivity.'
            : `No button ${actionId} ${value ?? ''} is shown in the message.`,
        )
      const payload = {
        type: 'block_actions',
        user: { ...clickerJson(user), username: workspace.people.get(user)?.name ?? '' },
        api_app_id: identity.appId,
        token: 'fake-verification-token',
        container: {
          type: 'message',
          message_ts: ts,
          channel_id: channel,
          is_ephemeral: false,
          ...(message.threadTs && { thread_ts: message.threadTs }),
        },
        trigger_id: trigger(),
        team: { id: identity.teamId, domain: identity.teamDomain },
        enterprise: null,
        is_enterprise_install: false,
        channel: { id: channel, name: workspace.channels.get(channel)?.name || 'directmessage' },
        message: messageJson(message, { workspace }),
        state: { values: {} },
        response_url: responseUrls.issue({ channel, user, message }),
        actions: [{ ...action, action_ts: messages.nextTs() }],
      }
      const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
      return deliverer.deliver({ kind: 'interactivity', type: 'block_actions', url, body }).done
    },

    async slashCommand({ command, text, channel, user }) {
      const url = urls()?.commands
      if (url === undefined) throw new Error('The app has no Request URL for commands.')
      if (!access.holds('commands'))
        throw new Error('The app has no commands: it lacks the scope `commands`.')
      const body = new URLSearchParams({
        token: 'fake-verification-token',
        team_id: identity.teamId,
        team_domain: identity.teamDomain,
        channel_id: channel,
        channel_name: workspace.channels.get(channel)?.name || 'directmessage',
        user_id: user,
        user_name: workspace.people.get(user)?.name ?? '',
        command,
        text,
        api_app_id: identity.appId,
        is_enterprise_install: 'false',
        response_url: responseUrls.issue({ channel, user }),
        trigger_id: trigger(),
      }).toString()
      return deliverer.deliver({ kind: 'command', type: command, url, body }).done
    },
  }

  function clickerJson(id: string) {
    const person = workspace.people.get(id)
    return { id, name: person?.name ?? '', team_id: person?.teamId ?? identity.teamId }
  }
}

/** The entry of `actions[]` for one click. Its `value` belongs to the clicked button. */
function findAction(
  message: Message,
  actionId: string,
  value: string | undefined,
): Record<string, unknown> | undefined {
  const blocks: readonly Block[] = [
    ...(message.stream ? blocksOf(message.stream.content) : []),
    ...message.blocks,
  ]
  for (const [index, block] of blocks.entries()) {
    const blockId = typeof block.block_id === 'string' ? block.block_id : `b${index}`
    for (const element of elementsOf(block)) {
      if (element.action_id !== actionId) continue
      const buttons =
        element.type === 'feedback_buttons' ? [element.positive_button, element.negative_button] : [element]
      const button = buttons.filter(isObject).find((one) => value === undefined || one.value === value)
      if (button)
        return {
          type: element.type,
          action_id: actionId,
          block_id: blockId,
          value: button.value,
          text: button.text,
        }
    }
  }
  return undefined
}

function elementsOf(block: Block): Record<string, unknown>[] {
  const elements = Array.isArray(block.elements) ? block.elements : []
  return [...elements, block.accessory].filter(isObject)
}
