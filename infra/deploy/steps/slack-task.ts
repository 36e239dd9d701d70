import type { Installation } from './slack-api.ts'

/** What is known about the app in Slack when a deployment gets to it. */
export interface SlackFacts {
  /** The app whose token is in the Slack secret. Undefined until a first one is connected. */
  connectedApp: string | undefined
  /** What Slack says about that token. Undefined if Slack refuses it, or if it was not asked. */
  installation: Installation | undefined
  /**
   * The app that the person wants: `new`, `existing`, or the id of one. Without a connected app it is always known; with one,
   * only if the person names one now or started a move earlier.
   */
  requestedApp: string | undefined
  /** The Worker has the signing secret of the app that this deployment is about. */
  hasSigningSecret: boolean
  /** An earlier deployment has printed how to create the app. */
  wasToldToCreate: boolean
}

/** What is left to do about the app in Slack. */
export type SlackTask =
  /** Nothing: Slack accepts the token. */
  | { kind: 'connected'; installation: Installation }
  /** Slack refuses the token of the connected app, or a newer one was given. */
  | { kind: 'renew-token'; app: string }
  /** The person has created the app, because they know its signing secret. It is not installed yet. */
  | { kind: 'resume' }
  | { kind: 'new-app'; wasToldBefore: boolean }
  /** An app that already exists, and serves something else today. `existing` if its id is not known. */
  | { kind: 'move-to'; app: string }

export function slackTask(facts: SlackFacts): SlackTask {
  const { connectedApp, installation, requestedApp, hasSigningSecret, wasToldToCreate } = facts
  if (connectedApp !== undefined && !replacesApp(facts))
    return installation ? { kind: 'connected', installation } : { kind: 'renew-token', app: connectedApp }
  if (requestedApp !== undefined && requestedApp !== 'new') return { kind: 'move-to', app: requestedApp }
  return hasSigningSecret ? { kind: 'resume' } : { kind: 'new-app', wasToldBefore: wasToldToCreate }
}

/**
 * True if another app takes the place of the connected one. `new` only counts if the connected app is lost: a pipeline
 * gives `--slack-app new` with every release.
 */
export function replacesApp({
  connectedApp,
  installation,
  requestedApp,
}: Pick<SlackFacts, 'connectedApp' | 'installation' | 'requestedApp'>): boolean {
  if (connectedApp === undefined || requestedApp === undefined || requestedApp === connectedApp) return false
  return requestedApp !== 'new' || installation === undefined
}
