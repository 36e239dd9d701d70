import { stringOf } from './arguments.ts'
import { isObject } from './blocks.ts'
import { byApp } from './chat.ts'
import { fileJson } from './files.ts'
import { identity } from './identity.ts'
import type { MethodContext, MethodHandlers } from './method-handler.ts'
import { Refusal, refuseFor } from './refusal.ts'
import { fromPerson } from './text.ts'

/** files.info and the two steps of an upload. */
export function fileMethods({ files, access, messages, events, origin }: MethodContext): MethodHandlers {
  return {
    'files.info': (args) => {
      const file = files.get(stringOf(args, 'file') ?? '')
      if (!file) throw new Refusal('file_not_found')
      if (file.denied) throw new Refusal('access_denied')
      return { file: fileJson(file), comments: [], response_metadata: { next_cursor: '' } }
    },

    'files.getUploadURLExternal': (args) => {
      if (typeof args.length !== 'number' || args.length < 1)
        throw refuseFor('invalid_arguments', ['must be more than 0 [json-pointer:/length]'])
      const { id } = files.add({ name: stringOf(args, 'filename') ?? '' }, identity.botUserId)
      return { upload_url: `${origin}/upload/v1/${id}`, file_id: id }
    },

    'files.completeUploadExternal': (args) => {
      const asked = Array.isArray(args.files) ? args.files : []
      const found = asked
        .map((file) => (isObject(file) ? files.get(String(file.id)) : undefined))
        .filter((file) => file !== undefined)
      if (found.length === 0 || found.length < asked.length) throw new Refusal('file_not_found')
      const channelId = stringOf(args, 'channel_id')
      if (channelId) {
        const channel = access.writable(channelId)
        const threadTs = stringOf(args, 'thread_ts')
        if (threadTs) access.root(channel, threadTs, 'invalid_arguments')
        const shown = {
          text: fromPerson(stringOf(args, 'initial_comment') ?? ''),
          blocks: [],
          files: found,
          broadcast: false,
        }
        events.posted(
          messages.add({ ...byApp, channel: channel.id, ...shown, ...(threadTs && { threadTs }) }),
        )
      }
      return { files: found.map(fileJson) }
    },
  }
}
