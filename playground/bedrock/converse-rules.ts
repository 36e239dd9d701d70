import type { ContentBlock, ConverseRequest, Message } from './converse-request.ts'
import { invalid } from './refusal.ts'

const MAX_DOCUMENTS = 5
const MAX_DOCUMENT_BYTES = 4.5 * 1024 * 1024
const MAX_IMAGES = 20
/** The limit after base64: 3.75 MB of image. */
const MAX_IMAGE_BASE64_BYTES = 5 * 1024 * 1024
const MAX_CACHE_POINTS = 4

/**
 * Checks the rules of a conversation that a schema cannot express. The messages are Bedrock's own, as people
 * have reported them, unless a comment says otherwise. Throws a Refusal.
 */
export function checkConversation({ messages, system = [] }: ConverseRequest): void {
  checkTurns(messages)
  for (const [s, block] of system.entries()) checkText(block, 'SystemContentBlock', `system.${s}`)
  for (const [m, message] of messages.entries()) checkMessage(message, `messages.${m}`)

  const blocks = messages.flatMap(({ content }) => content)
  checkDocuments(blocks)
  checkImages(messages)
  const cachePoints = [...system, ...blocks].filter(({ cachePoint }) => cachePoint).length
  if (cachePoints > MAX_CACHE_POINTS) {
    const sentence = `A maximum of ${MAX_CACHE_POINTS} blocks with cache_control may be provided. Found ${cachePoints}.`
    throw invalid(`The model returned the following errors: ${sentence}`)
  }
}

function checkTurns(messages: Message[]) {
  if (messages.length === 0) {
    throw invalid(
      'A conversation must have at least one message. Try again with a conversation that has at least one message.',
    )
  }
  // Newer Claude models accept this; most other families refuse it
  // (https://github.com/pydantic/pydantic-ai/pull/6255).
  if (messages[0]?.role !== 'user') {
    throw invalid(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    )
  }
  if (messages.some(({ role }, i) => role === messages[i - 1]?.role)) {
    const sentence = 'Make sure the conversation alternates between user and assistant roles and try again.'
    throw invalid(`A conversation must alternate between user and assistant roles. ${sentence}`)
  }
}

function checkMessage({ role, content }: Message, path: string) {
  if (content.length === 0) {
    throw invalid(
      `The content field in the Message object at ${path} is empty. Add a ContentBlock object to the content field and try again.`,
    )
  }
  for (const [c, block] of content.entries()) {
    const at = `${path}.content.${c}`
    checkText(block, 'ContentBlock', at)
    // This message and the next are ours. The type Message documents that Bedrock refuses both.
    if (Object.keys(block).length !== 1)
      throw invalid(`The ContentBlock object at ${at} must set exactly one of its members.`)
    if (role === 'assistant' && (block.image || block.document)) {
      throw invalid(
        `The ContentBlock object at ${at} holds an image or a document, which only a message of the user may hold.`,
      )
    }
  }
  if (content.some(({ document }) => document) && !content.some(({ text }) => text !== undefined)) {
    throw invalid('A text block must be included when using documents.')
  }
}

function checkText(
  { text, guardContent }: Pick<ContentBlock, 'text' | 'guardContent'>,
  type: string,
  at: string,
) {
  const said = guardContent ? guardContent.text.text : text
  if (said !== undefined && said.trim() === '') {
    throw invalid(
      `The text field in the ${type} object at ${at} is blank. Add text to the text field, and try again.`,
    )
  }
}

function checkDocuments(blocks: ContentBlock[]) {
  const documents = blocks.flatMap(({ document }) => document ?? [])
  if (documents.length > MAX_DOCUMENTS)
    throw invalid(`You can't include more than ${MAX_DOCUMENTS} documents in a request.`)
  for (const { name, source } of documents) {
    // The message does not mention underscores, but Bedrock accepts them
    // (https://github.com/aws-samples/generative-ai-use-cases/issues/1671). The only white space it accepts
    // is a single plain space.
    if (!/^[A-Za-z0-9_ \-()[\]]+$/.test(name) || name.includes('  ')) {
      throw invalid(
        'The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square ' +
          "brackets. The name can't contain more than one consecutive whitespace character. Check that the file name conforms to " +
          'these restrictions and retry your request.',
      )
    }
    if (Object.keys(source).length !== 1)
      throw invalid(`The source of the document ${name} must set exactly one of its members.`)
    if (source.bytes !== undefined && decodedLength(source.bytes) > MAX_DOCUMENT_BYTES) {
      // Our message. The type Message documents the limit.
      throw invalid('The maximum document size is 4.5 MB.')
    }
  }
  if (new Set(documents.map(({ name }) => name)).size < documents.length) {
    throw invalid(
      "Messages can't contain duplicate document names. Rename the document and retry your request.",
    )
  }
}

function checkImages(messages: Message[]) {
  let images = 0
  for (const [m, { content }] of messages.entries()) {
    for (const [c, { image }] of content.entries()) {
      if (!image) continue
      images += 1
      const size = image.source.bytes.length
      if (size > MAX_IMAGE_BASE64_BYTES) {
        const at = `messages.${m}.content.${c}.image.source.bytes`
        const sentence = `image exceeds 5 MB maximum: ${size} bytes > ${MAX_IMAGE_BASE64_BYTES} bytes`
        throw invalid(`The model returned the following errors: ${at}: ${sentence}`)
      }
    }
  }
  if (images > MAX_IMAGES) {
    throw invalid(
      `The model returned the following errors: messages: too many images: ${images} > ${MAX_IMAGES}`,
    )
  }
}

const decodedLength = (base64: string) => Math.floor((base64.replace(/=+$/, '').length * 3) / 4)
