import { identity } from './identity.ts'
import type { JsonObject } from './json-object.ts'

export interface SlackFile {
  id: string
  name: string
  mimetype: string
  content: Buffer
  user: string
  /** Seconds of the Unix epoch. */
  created: number
  /** A file outside Slack: `url` points to it, and the bot token must not be sent there. */
  external?: { url: string; type: string }
  /** Messages show only a stub, as in Slack Connect, so that the app must call files.info. */
  stub: boolean
  /** The download redirects (302) to another origin, like Slack's CDN. */
  redirected: boolean
  /** files.info answers `access_denied`. */
  denied: boolean
  url: string
}

export interface NewFile {
  name: string
  /** Default: `text/plain`. */
  mimetype?: string
  content?: string | Uint8Array
  external?: { url: string; type: string }
  stub?: boolean
  redirected?: boolean
  denied?: boolean
}

export interface Files {
  add(file: NewFile, user: string): SlackFile
  get(id: string): SlackFile | undefined
  /** Sets the content of a file that files.getUploadURLExternal announced. */
  fill(id: string, content: Buffer): boolean
}

/** The files of a workspace, served below `origin`. */
export function createFiles({ origin, now }: { origin: string; now: () => number }): Files {
  const files = new Map<string, SlackFile>()
  return {
    get: (id) => files.get(id),
    add(
      {
        name,
        mimetype = 'text/plain',
        content = '',
        external,
        stub = false,
        redirected = false,
        denied = false,
      },
      user,
    ) {
      const id = `F00FAKE${String(files.size + 1).padStart(3, '0')}`
      const url = external?.url ?? `${origin}/files-pri/${identity.teamId}-${id}/${encodeURIComponent(name)}`
      const created = Math.floor(now() / 1000)
      const file = {
        id,
        name,
        mimetype,
        content: Buffer.from(content),
        user,
        created,
        stub,
        redirected,
        denied,
        url,
        ...(external && { external }),
      }
      files.set(id, file)
      return file
    },
    fill(id, content) {
      const file = files.get(id)
      if (file) file.content = content
      return file !== undefined
    },
  }
}

/** A file inside a message: the whole object, or the stub of a Slack Connect channel. */
export const messageFileJson = (file: SlackFile): JsonObject =>
  file.stub
    ? { id: file.id, mode: 'file_access', file_access: 'check_file_info', created: 0, timestamp: 0, user: '' }
    : fileJson(file)

/** A file as files.info shows it (docs.slack.dev/reference/objects/file-object). */
export function fileJson({
  id,
  name,
  mimetype,
  content,
  user,
  created,
  external,
  url,
}: SlackFile): JsonObject {
  const extension = name.includes('.') ? (name.split('.').at(-1) ?? '') : ''
  const filetype = extension === 'txt' ? 'text' : extension === 'md' ? 'markdown' : extension
  return {
    id,
    created,
    timestamp: created,
    name,
    title: name,
    mimetype,
    filetype,
    pretty_type: filetype.toUpperCase(),
    user,
    user_team: identity.teamId,
    editable: false,
    size: content.length,
    mode: external ? 'external' : 'hosted',
    is_external: external !== undefined,
    external_type: external?.type ?? '',
    is_public: true,
    public_url_shared: false,
    display_as_bot: false,
    username: '',
    url_private: url,
    ...(external ? {} : { url_private_download: url.replace(/\/([^/]*)$/, '/download/$1') }),
    permalink: `https://${identity.teamDomain}.slack.com/files/${user}/${id}`,
    is_starred: false,
    has_rich_preview: false,
    file_access: 'visible',
  }
}
