import { expect } from 'vitest'
import type { Call } from '../../playground/calls.ts'

export interface FencedPassage {
  number: string
  source: string
  title: string
  updated: string | undefined
  text: string
}

/** The passages in the request to the model, as a parser of tags reads them. Fails if a tag is out of place. */
export function passagesFor(calls: readonly Call[]): FencedPassage[] {
  const request = calls.find(({ method }) => method === 'ConverseStream')
  const { messages } = (request?.args ?? { messages: [] }) as {
    messages: { content: { text?: string }[] }[]
  }
  const texts = messages.flatMap(({ content }) => content.flatMap(({ text }) => text ?? []))
  const material = texts.filter((text) => text.startsWith('<passages>'))
  expect(material).toHaveLength(1)
  const tag = /<(\/?passages?)\b([^>]*)>((?:(?!<\/?passages?\b)[\s\S])*)/gi
  const tags = [...(material[0] ?? '').matchAll(tag)]
  const opening = tags.filter(([, name]) => name === 'passage')
  expect(tags.map(([, name]) => name)).toEqual([
    'passages',
    ...opening.flatMap(() => ['passage', '/passage']),
    '/passages',
  ])
  return opening.map(([, , attributes = '', text = '']) => {
    expect(attributes).toMatch(/^(?: \w+="[^"]*")+$/)
    const pairs = [...attributes.matchAll(/(\w+)="([^"]*)"/g)]
    const values = new Map(pairs.map(([, name = '', value = '']) => [name, unescaped(value)]))
    return {
      number: values.get('number') ?? '',
      source: values.get('source') ?? '',
      title: values.get('title') ?? '',
      updated: values.get('updated'),
      text: text.trim(),
    }
  })
}

function unescaped(value: string): string {
  return value
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
}
