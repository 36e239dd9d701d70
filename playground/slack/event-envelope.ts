import { identity } from './identity.ts'
import type { JsonObject } from './json-object.ts'

/** The envelope of an event (docs.slack.dev/apis/events-api). */
export function eventEnvelope(options: {
  event: JsonObject
  eventId: string
  /** Milliseconds of the Unix epoch. */
  now: number
  /** In a channel shared with another company this is the author's workspace, which may not be ours. */
  teamId: string
  /** True in a channel that is shared with another company. */
  shared: boolean
}): JsonObject {
  const { event, eventId, now, teamId, shared } = options
  return {
    token: 'fake-verification-token',
    team_id: teamId,
    context_team_id: identity.teamId,
    context_enterprise_id: null,
    api_app_id: identity.appId,
    event,
    type: 'event_callback',
    event_id: eventId,
    event_time: Math.floor(now / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: identity.teamId,
        user_id: identity.botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: shared,
    event_context: `4-fake-${eventId}`,
  }
}
