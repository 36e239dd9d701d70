import type { Installation } from './slack-api.ts'

/** The facts about the app in Slack that decide what is left to do. */
export interface SlackFacts {
  /** The app whose token is in the Slack secret. Undefined until the first app is connected. */
  connectedApp: string | undefined
  /** Slack's information about that token. Undefined if Slack refuses the token, or was not asked. */
  installation: Installation | undefined
  /**
   * The app that the person wants: `new`, `existing`, or the id of an app. With a connected app it is only
   * set if the person names another one now or has started a move.
   */
  requestedApp: string | undefined
  /** The Worker has the signing secret of the app that is to be connected. */
  hasSigningSecret: boolean
  /** An earlier run has printed how to create the app. */
  wasToldToCreate: boolean
}

/** The work that is left to connect the app in Slack. */
export type SlackTask =
  /** Nothing: Slack accepts the token. */
  | { kind: 'connected'; installation: Installation }
  /** Slack refuses the token of the connected app, or a newer one was given. */
  | { kind: 'renew-token'; app: string }
  /** The person has created the app, since they know its signing secret. It still has to be installed. */
  | { kind: 'resume' }
  | { kind: 'new-app'; wasToldBefore: boolean }
  /** An app that exists and has another program behind it today. `existing` if its id is unknown. */
  | { kind: 'move-to'; app: string }

export function slackTask(facts: SlackFacts): SlackTask {
  const { connectedApp, installation, requestedApp, hasSigningSecret, wasToldToCreate } = facts
  if (connectedApp !== undefined && !replacesApp(facts))
    return installation ? { kind: 'connected', installation } : { kind: 'renew-token', app: connectedApp }
  if (requestedApp !== undefined && requestedApp !== 'new') return { kind: 'move-to', app: requestedApp }
  return hasSigningSecret ? { kind: 'resume' } : { kind: 'new-app', wasToldBefore: wasToldToCreate }
}

/**
 * True if another app replaces the connected one. `new` only counts if Slack no longer accepts the connected
 * app: a pipeline can pass `--slack-app new` with every release.
 */
export function replacesApp({
  connectedApp,
  installation,
  requestedApp,
}: Pick<SlackFacts, 'connectedApp' | 'installation' | 'requestedApp'>): boolean {
  if (connectedApp === undefined || requestedApp === undefined || requestedApp === connectedApp) return false
  return requestedApp !== 'new' || installation === undefined
}
