import type { Calls, Faults } from '../calls.ts'
import { type Clock, systemClock } from '../clock.ts'
import { createAccess } from './access.ts'
import { expire } from './chat-streams.ts'
import { createDeliverer, type Delivery } from './delivery.ts'
import { createDownloads } from './downloads.ts'
import { createEvents, type Events, type RequestUrls } from './events.ts'
import { createFiles } from './files.ts'
import { identity } from './identity.ts'
import { createInteractivity, type Interactivity } from './interactivity.ts'
import { defaultLimits, type SlackLimits } from './limits.ts'
import { createMessages } from './messages.ts'
import { createMethodHandlers } from './method-handlers.ts'
import { tableScopes } from './methods.ts'
import { createPersonActions, type PersonActions } from './person-actions.ts'
import { createResponseUrls } from './response-urls.ts'
import { createElsewhere, createRoutes } from './routes.ts'
import { serve } from './server.ts'
import { createSessions, type SessionStatus } from './sessions.ts'
import { type ThreadMessage, viewMessage } from './thread-view.ts'
import { createTiers } from './tiers.ts'
import { challenge } from './verification.ts'
import { createViews, type Views } from './views.ts'
import { createWebApi } from './web-api.ts'
import { createWorkspace, type Workspace } from './workspace.ts'

/** A Slack workspace on this machine, with one app installed. */
export interface Slack extends Workspace, PersonActions, Interactivity {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string
  /** Address of the Web API: `${origin}/api/`. */
  readonly apiUrl: string
  /**
   * An origin outside Slack, like its CDN or a company's file server. Sending the bot token there is a
   * violation.
   */
  readonly elsewhere: string
  /** Sets the app's Request URLs. */
  connect(urls: RequestUrls): void
  /** Sends the challenge to the events URL. True if the app echoes it. */
  verifyUrl(): Promise<boolean>
  /** Sends any event, unchanged. */
  readonly send: Events['send']
  /** A thread as people see it now, in ts order, including deleted and ephemeral messages. */
  thread(channel: string, threadTs: string): ThreadMessage[]
  /** Calls `listener` whenever a message appears or changes. Returns the function that stops this. */
  watch(listener: (message: ThreadMessage) => void): () => void
  session(channel: string, threadTs: string): SessionStatus | undefined
  /** The text of assistant.threads.setStatus, while it is shown. */
  status(channel: string, threadTs: string): string
  /** Ends a stream early, as Slack sometimes does. Throws if nothing is streaming. */
  expireStream(channel: string, ts: string): void
  readonly views: Views
  /**
   * The scopes that were needed so far: without any of them a call would have been refused, or an event or a
   * command not sent.
   */
  readonly neededScopes: ReadonlySet<string>
  /** Everything that was sent to the app, in order. */
  readonly deliveries: readonly Delivery[]
  /** Resolves when no request to the app is running or waiting to be repeated. */
  settled(): Promise<void>
  close(): Promise<void>
}

export interface SlackOptions {
  calls: Calls
  clock?: Clock
  /** Default 0: the system chooses a free port. */
  port?: number
  faults?: Faults
  limits?: Partial<SlackLimits>
  /** The scopes of the app. By default all that the table of methods and the events name. */
  scopes?: readonly string[]
  /** The events that the app subscribes to, such as `message.im`. By default all. */
  botEvents?: readonly string[]
  /** Answer to a download without a valid token: the sign-in page, or a redirect (302) to it. */
  login?: 'page' | 'redirect'
}

/**
 * Starts the simulated Slack. It refuses what Slack refuses, and records as a violation what Slack accepts
 * but Vera must never do.
 */
export async function startSlack(options: SlackOptions): Promise<Slack> {
  const { calls, clock = systemClock, port = 0, faults, botEvents, login = 'page' } = options
  const limits = { ...defaultLimits, ...options.limits }
  const scopes = new Set(options.scopes ?? [...tableScopes, 'app_mentions:read', 'commands'])
  const { violation } = calls
  let urls: RequestUrls | undefined
  const closers = new Set<() => void>()

  // The state below needs the servers' addresses. So both servers call functions that are set further down.
  const listening = await serve({ port, calls, clock, faults, read: (...request) => own(...request) })
  const other = await serve({ port: 0, calls, clock, faults, read: (...request) => foreign(...request) })
  const { origin } = listening

  const workspace = createWorkspace()
  const messages = createMessages(clock)
  const sessions = createSessions({ clock, limits })
  const files = createFiles({ origin, now: clock.now })
  const views = createViews()
  const deliverer = createDeliverer({ clock, limits, signingSecret: identity.signingSecret })
  const access = createAccess({ workspace, messages, scopes })
  const subscriptions = botEvents && new Set(botEvents)
  const events = createEvents({
    clock,
    workspace,
    messages,
    deliverer,
    urls: () => urls,
    access,
    ...(subscriptions && { subscriptions }),
  })
  const responseUrls = createResponseUrls({ clock, limits, messages, origin })
  const context = {
    clock,
    limits,
    origin,
    scopes,
    workspace,
    messages,
    sessions,
    files,
    views,
    events,
    access,
    violation,
  }
  const handlers = createMethodHandlers(context, closers)
  const callMethod = createWebApi({ handlers, tiers: createTiers({ clock, limits }), access, violation })
  const download = createDownloads({ files, scopes, login, origin, elsewhere: other.origin })
  const personActions = createPersonActions({ workspace, messages, files, events, sessions })
  const interactivity = createInteractivity({
    workspace,
    messages,
    views,
    responseUrls,
    deliverer,
    urls: () => urls,
    access,
    now: clock.now,
  })

  const own = createRoutes({ callMethod, download, files, responseUrls })
  const foreign = createElsewhere({ files, violation })

  return {
    ...workspace,
    ...personActions,
    ...interactivity,
    origin,
    apiUrl: `${origin}/api/`,
    elsewhere: other.origin,
    connect: (given) => {
      urls = given
    },
    verifyUrl: () => challenge(deliverer, urls?.events ?? ''),
    send: events.send,
    thread: (channel, threadTs) =>
      messages.thread(channel, threadTs).map((message) => viewMessage(message, workspace)),
    watch: (listener) => messages.watch((message) => listener(viewMessage(message, workspace))),
    session: (channel, threadTs) => sessions.get(channel, threadTs)?.status,
    status: sessions.said,
    expireStream(channel, ts) {
      const message = messages.find(channel, ts)
      if (message?.stream?.state !== 'in_progress')
        throw new Error(`The message ${ts} in ${channel} is not streaming.`)
      expire(message, { sessions, messages })
    },
    views,
    neededScopes: access.neededScopes,
    deliveries: deliverer.deliveries,
    settled: deliverer.settled,
    async close() {
      deliverer.close()
      for (const cancel of closers) cancel()
      await Promise.all([listening.close(), other.close(), deliverer.settled()])
    },
  }
}
