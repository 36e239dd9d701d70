import { fingerprint } from '../../settings/fingerprint.ts'
import { NOT_SET } from '../../settings/secret-placeholder.ts'
import { manifestOf } from '../../settings/slack-manifest.ts'
import type { SlackManifest } from '../../settings/slack-manifest-limits.ts'
import type { DeployContext } from '../terminal/context.ts'
import { readSecret } from './secret.ts'
import type { Installation } from './slack-api.ts'
import { readFacts } from './slack-facts.ts'
import {
  changeAppSteps,
  createAppSteps,
  manifestChangedNote,
  moveAppSteps,
  renewTokenNote,
  VERIFY_AND_INSTALL,
} from './slack-instructions.ts'
import { ensureSigningSecret, type SlackSecret, storeBotToken } from './slack-secrets.ts'
import { replacesApp, slackTask } from './slack-task.ts'
import type { Outputs } from './stacks.ts'

/**
 * Connects the app in Slack. A person creates or changes it on Slack's pages; then both tiers get its
 * secrets.
 */
export async function connectSlack(context: DeployContext, outputs: Outputs, edgeUrl: string): Promise<void> {
  const { placement, options, tools, state, output } = context
  output.step('Slack')
  const secret = { arn: outputs.slackSecretArn, region: placement.home }
  const stored = await readSecret<SlackSecret>(tools, secret, {
    botToken: '',
    teamId: NOT_SET,
    appId: NOT_SET,
  })
  const facts = await readFacts(context, stored)
  const manifest = manifestOf(context.sections, edgeUrl)
  // Until the new token is stored, the Worker and the function can belong to different apps. Only this says
  // so.
  if (replacesApp(facts)) state.merge({ movesTo: facts.requestedApp })

  const print = (lines: readonly string[]): void => {
    for (const line of lines) output.print(line)
  }
  const task = slackTask(facts)
  switch (task.kind) {
    case 'connected': {
      await ensureSigningSecret(context, facts)
      return recordApp(context, manifest, task.installation, { isKnown: true })
    }
    case 'renew-token': {
      if (options.botToken === undefined) output.warning(renewTokenNote(task.app))
      await ensureSigningSecret(context, facts)
      const installation = await storeBotToken(context, secret, stored, task.app)
      return recordApp(context, manifest, installation, { isKnown: true })
    }
    case 'new-app': {
      print(createAppSteps(manifest, task.wasToldBefore))
      await ensureSigningSecret(context, facts)
      print(VERIFY_AND_INSTALL)
      const installation = await storeBotToken(context, secret, stored)
      return recordApp(context, manifest, installation, { isKnown: false })
    }
    case 'resume': {
      await ensureSigningSecret(context, facts)
      print(VERIFY_AND_INSTALL)
      const installation = await storeBotToken(context, secret, stored)
      return recordApp(context, manifest, installation, { isKnown: false })
    }
    case 'move-to': {
      print(changeAppSteps(manifest, task.app))
      await ensureSigningSecret(context, facts)
      const installation = await storeBotToken(context, secret, stored, task.app)
      recordApp(context, manifest, installation, { isKnown: false })
      return print(moveAppSteps(manifest))
    }
  }
}

/** `isKnown`: an earlier run connected this app, so the remembered manifest is the one that it has. */
function recordApp(
  { state, output }: DeployContext,
  manifest: SlackManifest,
  { appId, team, teamId }: Installation,
  { isKnown }: { isKnown: boolean },
): void {
  const lastManifest = state.read().manifest
  state.merge({ slackApp: appId, movesTo: undefined, manifest: fingerprint(manifest) })
  output.ok(`The app ${appId} is connected in ${team} (${teamId})`)
  if (isKnown && lastManifest !== undefined && lastManifest !== fingerprint(manifest))
    output.warning(manifestChangedNote(appId))
}
