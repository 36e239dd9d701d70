import { describe, expect, test } from 'vitest'
import {
  replacesApp,
  type SlackFacts,
  type SlackTask,
  slackTask,
} from '../../../infra/deploy/steps/slack-task.ts'

const installation = { teamId: 'T00FAKE', team: 'Fake team', appId: 'A00FAKE', scopes: [] }

/** No app is connected, and the person wants a new one. */
const FIRST: SlackFacts = {
  connectedApp: undefined,
  installation: undefined,
  requestedApp: 'new',
  hasSigningSecret: false,
  wasToldToCreate: false,
}

/** A00FAKE is connected, Slack accepts its token, and the person names no other app. */
const CONNECTED: SlackFacts = {
  connectedApp: 'A00FAKE',
  installation,
  requestedApp: undefined,
  hasSigningSecret: true,
  wasToldToCreate: false,
}

const connected: SlackTask = { kind: 'connected', installation }
const renewal: SlackTask = { kind: 'renew-token', app: 'A00FAKE' }

describe('slackTask without a connected app', () => {
  test.each<[string, Partial<SlackFacts>, SlackTask]>([
    ['asks for a new app', {}, { kind: 'new-app', wasToldBefore: false }],
    [
      'asks for a new app again, if an earlier run has explained how to create it',
      { wasToldToCreate: true },
      { kind: 'new-app', wasToldBefore: true },
    ],
    ['resumes with a new app whose signing secret is known', { hasSigningSecret: true }, { kind: 'resume' }],
    [
      'resumes with a new app whose signing secret is known, also after an explanation',
      { hasSigningSecret: true, wasToldToCreate: true },
      { kind: 'resume' },
    ],
    [
      'moves an existing app with a known id',
      { requestedApp: 'A00OTHER' },
      { kind: 'move-to', app: 'A00OTHER' },
    ],
    [
      'moves an existing app with a known id, also if the Worker has a signing secret',
      { requestedApp: 'A00OTHER', hasSigningSecret: true },
      { kind: 'move-to', app: 'A00OTHER' },
    ],
    [
      'moves an existing app with an unknown id',
      { requestedApp: 'existing' },
      { kind: 'move-to', app: 'existing' },
    ],
  ])('%s', (_, change, task) => {
    expect(slackTask({ ...FIRST, ...change })).toEqual(task)
    expect(replacesApp({ ...FIRST, ...change })).toBe(false)
  })
})

describe('slackTask with a connected app', () => {
  test.each<[string, Partial<SlackFacts>, SlackTask, 'replaced' | 'kept']>([
    ['has nothing to do if Slack accepts the token', {}, connected, 'kept'],
    [
      'has nothing to do if Slack accepts the token and the person names the same app',
      { requestedApp: 'A00FAKE' },
      connected,
      'kept',
    ],
    [
      'has nothing to do if Slack accepts the token and the person asks for a new app',
      { requestedApp: 'new' },
      connected,
      'kept',
    ],
    [
      'has nothing to do if Slack accepts the token, also without its signing secret',
      { hasSigningSecret: false },
      connected,
      'kept',
    ],
    ['renews a token that Slack refuses', { installation: undefined }, renewal, 'kept'],
    [
      'renews a token that Slack refuses if the person names the same app',
      { installation: undefined, requestedApp: 'A00FAKE' },
      renewal,
      'kept',
    ],
    [
      'asks for a new app if Slack refuses the token and the person asks for one',
      { installation: undefined, requestedApp: 'new', hasSigningSecret: false },
      { kind: 'new-app', wasToldBefore: false },
      'replaced',
    ],
    [
      'asks for a new app again if an earlier run has explained how to create it',
      { installation: undefined, requestedApp: 'new', hasSigningSecret: false, wasToldToCreate: true },
      { kind: 'new-app', wasToldBefore: true },
      'replaced',
    ],
    [
      'moves to another app, although Slack accepts the token',
      { requestedApp: 'A00OTHER', hasSigningSecret: false },
      { kind: 'move-to', app: 'A00OTHER' },
      'replaced',
    ],
    [
      'moves to another app without asking Slack about the token',
      { installation: undefined, requestedApp: 'A00OTHER', hasSigningSecret: false },
      { kind: 'move-to', app: 'A00OTHER' },
      'replaced',
    ],
  ])('%s', (_, change, task, becomes) => {
    expect(slackTask({ ...CONNECTED, ...change })).toEqual(task)
    expect(replacesApp({ ...CONNECTED, ...change })).toBe(becomes === 'replaced')
  })
})
