import type { Deliverer } from './delivery.ts'

/**
 * Sends the challenge of docs.slack.dev/apis/events-api to `url`. True if the app echoes it, as text or as
 * JSON.
 */
export async function challenge(deliverer: Deliverer, url: string): Promise<boolean> {
  const words = 'fake-challenge'
  const body = JSON.stringify({
    token: 'fake-verification-token',
    challenge: words,
    type: 'url_verification',
  })
  const { state, answer } = await deliverer.deliver({
    kind: 'verification',
    type: 'url_verification',
    url,
    body,
  }).done
  return state === 'acknowledged' && (answer === words || challengeIn(answer) === words)
}

function challengeIn(answer: string): unknown {
  try {
    const said: unknown = JSON.parse(answer)
    return typeof said === 'object' && said !== null && 'challenge' in said ? said.challenge : undefined
  } catch {
    return undefined
  }
}
