import { Refusal, refuseFor } from './refusal.ts'

export type Block = Record<string, unknown> & { type: string }

const KNOWN =
  'actions alert card carousel container context context_actions data_table data_visualization divider file header image input markdown plan rich_text section table task_card video'.split(
    ' ',
  )
/**
 * docs.slack.dev/reference/block-kit/blocks: blocks of a message, characters and elements of each kind of
 * block.
 */
const LIMITS = {
  blocks: 50,
  section: 3_000,
  header: 150,
  markdown: 12_000,
  context: 10,
  contextActions: 5,
  actions: 25,
  fields: 10,
}
/**
 * docs.slack.dev/reference/block-kit/block-elements: a button's label, value and accessibility label, and any
 * action_id.
 */
const ELEMENT_LIMITS = { label: 75, value: 2_000, accessibility: 75, actionId: 255 }

/**
 * Returns the blocks of a message, or refuses with `code` and one sentence per fault in Slack's own words.
 * Markdown blocks of more than 12,000 characters in total are `msg_blocks_too_long` (Metabase#79908).
 */
export function checkBlocks(given: readonly unknown[], code = 'invalid_blocks', at = '/blocks'): Block[] {
  const faults =
    given.length > LIMITS.blocks ? [`no more than ${LIMITS.blocks} items allowed [json-pointer:${at}]`] : []
  given.forEach((block, index) => {
    faults.push(...checkBlock(block, `${at}/${index}`))
  })
  if (faults.length > 0) throw refuseFor(code, faults)
  const blocks = given as Block[]
  const markdown = blocks
    .filter(({ type }) => type === 'markdown')
    .reduce((sum, { text }) => sum + String(text).length, 0)
  if (markdown > LIMITS.markdown) throw new Refusal('msg_blocks_too_long')
  return blocks
}

function checkBlock(block: unknown, at: string): string[] {
  if (!isObject(block)) return [`must be an object [json-pointer:${at}]`]
  if (typeof block.type !== 'string') return [`missing required field: type [json-pointer:${at}]`]
  if (!KNOWN.includes(block.type)) return [`unsupported type: ${block.type} [json-pointer:${at}/type]`]
  switch (block.type) {
    case 'section':
      if (block.text === undefined && !Array.isArray(block.fields))
        return [`missing required field: text [json-pointer:${at}]`]
      return [
        ...(block.text === undefined ? [] : checkText(block.text, LIMITS.section, `${at}/text`)),
        ...checkItems(block.fields ?? [], LIMITS.fields, `${at}/fields`, (field, here) =>
          checkText(field, 2_000, here),
        ),
        ...(block.accessory === undefined ? [] : checkElement(block.accessory, `${at}/accessory`)),
      ]
    case 'header':
      return checkText(block.text, LIMITS.header, `${at}/text`, ['plain_text'])
    case 'markdown':
      return checkString(block.text, LIMITS.markdown, `${at}/text`)
    case 'context':
      return checkItems(block.elements, LIMITS.context, `${at}/elements`, (element, here) =>
        isObject(element) && element.type === 'image'
          ? checkString(element.alt_text, 2_000, `${here}/alt_text`)
          : checkText(element, LIMITS.section, here),
      )
    case 'actions':
      return checkItems(block.elements, LIMITS.actions, `${at}/elements`, checkElement)
    case 'context_actions':
      return checkItems(block.elements, LIMITS.contextActions, `${at}/elements`, checkContextAction)
    case 'task_card':
      return [
        ...checkString(block.task_id, 255, `${at}/task_id`),
        ...checkString(block.title, LIMITS.section, `${at}/title`),
      ]
    case 'plan':
      return checkString(block.title, LIMITS.section, `${at}/title`)
    default:
      return []
  }
}

function checkContextAction(element: unknown, at: string): string[] {
  if (isObject(element) && element.type === 'icon_button') {
    return [
      ...(element.icon === 'trash' ? [] : [`must be one of trash [json-pointer:${at}/icon]`]),
      ...checkElement({ ...element, type: 'button' }, at),
    ]
  }
  if (!isObject(element) || element.type !== 'feedback_buttons')
    return [`unsupported type [json-pointer:${at}/type]`]
  const check = (side: 'positive_button' | 'negative_button') => {
    const button = element[side]
    if (!isObject(button)) return [`missing required field: ${side} [json-pointer:${at}]`]
    return [
      ...checkText(button.text, ELEMENT_LIMITS.label, `${at}/${side}/text`, ['plain_text']),
      ...checkString(button.value, ELEMENT_LIMITS.value, `${at}/${side}/value`),
      ...(button.accessibility_label === undefined
        ? []
        : checkString(
            button.accessibility_label,
            ELEMENT_LIMITS.accessibility,
            `${at}/${side}/accessibility_label`,
          )),
    ]
  }
  return [...check('positive_button'), ...check('negative_button')]
}

function checkElement(element: unknown, at: string): string[] {
  if (!isObject(element) || typeof element.type !== 'string')
    return [`missing required field: type [json-pointer:${at}]`]
  const id =
    element.action_id === undefined
      ? []
      : checkString(element.action_id, ELEMENT_LIMITS.actionId, `${at}/action_id`)
  if (element.type !== 'button') return id
  const value =
    element.value === undefined ? [] : checkString(element.value, ELEMENT_LIMITS.value, `${at}/value`)
  return [...id, ...value, ...checkText(element.text, ELEMENT_LIMITS.label, `${at}/text`, ['plain_text'])]
}

function checkItems(
  items: unknown,
  most: number,
  at: string,
  check: (item: unknown, at: string) => string[],
): string[] {
  if (!Array.isArray(items)) return [`missing required field: ${at.split('/').at(-1)} [json-pointer:${at}]`]
  if (items.length > most) return [`no more than ${most} items allowed [json-pointer:${at}]`]
  return items.flatMap((item, index) => check(item, `${at}/${index}`))
}

function checkText(text: unknown, most: number, at: string, types = ['plain_text', 'mrkdwn']): string[] {
  if (!isObject(text)) return [`missing required field: text [json-pointer:${at}]`]
  if (!types.includes(String(text.type))) return [`unsupported type: ${text.type} [json-pointer:${at}/type]`]
  return checkString(text.text, most, `${at}/text`)
}

function checkString(text: unknown, most: number, at: string): string[] {
  if (typeof text !== 'string')
    return [`missing required field: ${at.split('/').at(-1)} [json-pointer:${at}]`]
  if (text.length === 0) return [`must be more than 0 characters [json-pointer:${at}]`]
  return text.length > most ? [`must be less than ${most + 1} characters [json-pointer:${at}]`] : []
}

/** True for anything with named fields. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
