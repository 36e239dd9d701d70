import { type Args, stringOf } from './arguments.ts'
import { checkBlocks, isObject } from './blocks.ts'
import { identity } from './identity.ts'
import type { MethodContext, MethodHandlers } from './method-handler.ts'
import { Refusal, refuseFor } from './refusal.ts'
import type { StoredView } from './views.ts'

/** docs.slack.dev/reference/views: blocks of one view, and characters of its JSON. */
const VIEW = { blocks: 100, chars: 250_000 }

/** views.publish, open and update. Views are stored, but not drawn. */
export function surfaces({ views, workspace, clock, limits }: MethodContext): MethodHandlers {
  return {
    'views.publish': (args) => {
      const user = stringOf(args, 'user_id') ?? ''
      if (!workspace.people.has(user))
        throw refuseFor('invalid_arguments', ['invalid user_id [json-pointer:/user_id]'])
      const view = readView(args, ['home'])
      checkHash(args, views.homes.get(user))
      return { view: viewJson(views.store('home', user, view)) }
    },

    'views.open': (args) => {
      const trigger = views.triggers.get(stringOf(args, 'trigger_id') ?? '')
      if (!trigger) throw new Refusal('invalid_trigger_id')
      if (trigger.used) throw new Refusal('exchanged_trigger_id')
      if (clock.now() - trigger.at > limits.triggerMs) throw new Refusal('expired_trigger_id')
      const view = readView(args, ['modal'])
      trigger.used = true
      return { view: viewJson(views.store('opened', undefined, view)) }
    },

    'views.update': (args) => {
      const id = stringOf(args, 'view_id') ?? ''
      const known = views.opened.get(id)
      if (!known) throw new Refusal('not_found')
      checkHash(args, known)
      return { view: viewJson(views.store('opened', id, readView(args, ['modal']))) }
    },
  }
}

function readView({ view }: Args, types: readonly string[]): Record<string, unknown> {
  if (!isObject(view) || !types.includes(String(view.type)))
    throw refuseFor('invalid_arguments', ['unsupported type [json-pointer:/view/type]'])
  if (JSON.stringify(view).length > VIEW.chars) throw new Refusal('view_too_large')
  const blocks = Array.isArray(view.blocks) ? view.blocks : undefined
  if (!blocks) throw refuseFor('invalid_arguments', ['missing required field: blocks [json-pointer:/view]'])
  if (blocks.length > VIEW.blocks)
    throw refuseFor('invalid_arguments', [
      `no more than ${VIEW.blocks} items allowed [json-pointer:/view/blocks]`,
    ])
  // A view may have twice the blocks of a message, so each half is checked like one.
  const halves = [blocks.slice(0, VIEW.blocks / 2), blocks.slice(VIEW.blocks / 2)]
  const checked = halves.flatMap((half) => checkBlocks(half, 'invalid_arguments', '/view/blocks'))
  // Both are allowed in messages only (docs.slack.dev/reference/block-kit/blocks).
  const misplaced = checked.find(({ type }) => type === 'markdown' || type === 'context_actions')
  if (misplaced)
    throw refuseFor('invalid_arguments', [`unsupported type: ${misplaced.type} [json-pointer:/view/blocks]`])
  return view
}

function checkHash(args: Args, known: StoredView | undefined) {
  if (args.hash !== undefined && args.hash !== known?.hash) throw new Refusal('hash_conflict')
}

const viewJson = ({ id, hash, view }: StoredView) => ({
  ...view,
  id,
  hash,
  team_id: identity.teamId,
  app_id: identity.appId,
  bot_id: identity.botId,
})
