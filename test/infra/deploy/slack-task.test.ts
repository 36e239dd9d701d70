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

describe('without a connected app', () => {
  test.each<[string, Partial<SlackFacts>, SlackTask]>([
    ['a new app is created', {}, { kind: 'new-app', wasToldBefore: false }],
    [
      'a new app that an earlier run explained may exist already',
      { wasToldToCreate: true },
      { kind: 'new-app', wasToldBefore: true },
    ],
    ['a new app whose signing secret is known exists', { hasSigningSecret: true }, { kind: 'resume' }],
    [
      'a new app whose signing secret is known exists, also after an explanation',
      { hasSigningSecret: true, wasToldToCreate: true },
      { kind: 'resume' },
    ],
    ['an app with an id is moved to', { requestedApp: 'A00OTHER' }, { kind: 'move-to', app: 'A00OTHER' }],
    [
      'an app with an id is moved to, also if the Worker has a signing secret',
      { requestedApp: 'A00OTHER', hasSigningSecret: true },
      { kind: 'move-to', app: 'A00OTHER' },
    ],
    ['an app without an id is moved to', { requestedApp: 'existing' }, { kind: 'move-to', app: 'existing' }],
  ])('%s', (_, change, task) => {
    expect(slackTask({ ...FIRST, ...change })).toEqual(task)
    expect(replacesApp({ ...FIRST, ...change })).toBe(false)
  })
})

describe('with a connected app', () => {
  test.each<[string, Partial<SlackFacts>, SlackTask, 'replaced' | 'kept']>([
    ['an accepted token leaves nothing to do', {}, connected, 'kept'],
    ['an accepted token and its own id leave nothing to do', { requestedApp: 'A00FAKE' }, connected, 'kept'],
    ['an accepted token and "new" leave nothing to do', { requestedApp: 'new' }, connected, 'kept'],
    [
      'an accepted token leaves nothing to do, also without a signing secret of this app',
      { hasSigningSecret: false },
      connected,
      'kept',
    ],
    ['a refused token is renewed', { installation: undefined }, renewal, 'kept'],
    [
      'a refused token is renewed if its own id is given',
      { installation: undefined, requestedApp: 'A00FAKE' },
      renewal,
      'kept',
    ],
    [
      'a refused token and "new" mean that the app is lost',
      { installation: undefined, requestedApp: 'new', hasSigningSecret: false },
      { kind: 'new-app', wasToldBefore: false },
      'replaced',
    ],
    [
      'a refused token and "new" in a second run mean that the new app may exist already',
      { installation: undefined, requestedApp: 'new', hasSigningSecret: false, wasToldToCreate: true },
      { kind: 'new-app', wasToldBefore: true },
      'replaced',
    ],
    [
      'another id is a move, whatever Slack says about the token',
      { requestedApp: 'A00OTHER', hasSigningSecret: false },
      { kind: 'move-to', app: 'A00OTHER' },
      'replaced',
    ],
    [
      'another id is a move if nobody has asked Slack about the token',
      { installation: undefined, requestedApp: 'A00OTHER', hasSigningSecret: false },
      { kind: 'move-to', app: 'A00OTHER' },
      'replaced',
    ],
  ])('%s', (_, change, task, becomes) => {
    expect(slackTask({ ...CONNECTED, ...change })).toEqual(task)
    expect(replacesApp({ ...CONNECTED, ...change })).toBe(becomes === 'replaced')
  })
})
