/** The fields that we need of a CPU profile in the Chrome DevTools protocol. */
export interface CpuProfile {
  nodes: {
    id: number
    callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number }
    children?: number[]
  }[]
  samples: number[]
  /** Microseconds before each sample. */
  timeDeltas: number[]
}

/** Short enough to show functions that take a few microseconds, after a few thousand requests. */
const SAMPLING_INTERVAL_MICROSECONDS = 100

/**
 * Records a CPU profile of the Worker named `worker` while `work` runs.
 * https://chromedevtools.github.io/devtools-protocol/tot/Profiler
 */
export async function recordProfile(inspector: string, work: () => Promise<unknown>): Promise<CpuProfile> {
  const socket = new WebSocket(`${inspector}/worker`)
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(String(data))
    if (error) waiting.get(id)?.reject(new Error(error.message))
    else waiting.get(id)?.resolve(result)
  })
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', () =>
      reject(new Error(`Cannot connect to the inspector at ${inspector}.`)),
    )
  })
  let asked = 0
  const ask = (method: string, params: Record<string, unknown> = {}) => {
    const answer = Promise.withResolvers<unknown>()
    asked += 1
    waiting.set(asked, answer)
    socket.send(JSON.stringify({ id: asked, method, params }))
    return answer.promise
  }
  await ask('Profiler.enable')
  await ask('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_MICROSECONDS })
  await ask('Profiler.start')
  await work()
  const { profile } = (await ask('Profiler.stop')) as { profile: CpuProfile }
  socket.close()
  return profile
}
