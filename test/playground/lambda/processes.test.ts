import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, onTestFinished, test } from 'vitest'
import { AWS_ACCOUNT, CALLER, ROLE } from '../../../playground/account.ts'
import { eventually } from '../../eventually.ts'
import {
  isAlive,
  openLambdaStage,
  processState,
  report,
  temporaryFolder,
  writeBundle,
} from './lambda-stage.ts'

describe('no process remains', () => {
  test('after close(): no busy one, no frozen one, and nothing that one of them started', async () => {
    const { invoke, lambda, gates } = await openLambdaStage()
    const { pid, started } = await report(invoke({ start: true }))
    await invoke({ gate: 'held' }, { type: 'Event', path: 'answerer:live/invocations' })
    await gates.arrived('held')
    const again = report(invoke({}))
    const { pid: second } = await again
    expect([pid, started, second].map(isAlive)).toEqual([true, true, true])
    await lambda.close()
    expect([pid, started, second].map(isAlive)).toEqual([false, false, false])
    expect(lambda.invocations.map(({ outcome }) => outcome)).toEqual(['succeeded', 'killed', 'succeeded'])
  })

  test('after the parent was killed, not even a frozen one', async () => {
    const { gates } = await openLambdaStage()
    const folder = await temporaryFolder()
    const script = join(folder, 'parent.mts')
    const playground = new URL('../../../playground/', import.meta.url).href
    const common = {
      aliases: ['live'],
      bundle: await writeBundle(),
      timeoutSeconds: 30,
      memoryMb: 128,
      invokableByCaller: true,
    }
    const functions = ['frozen', 'busy'].map((name) => ({
      ...common,
      name,
      export: 'handler',
      environment: { GATES: gates.origin },
    }))
    await writeFile(
      script,
      `import { AwsClient } from ${JSON.stringify(import.meta.resolve('aws4fetch'))}
      import { createCalls } from '${playground}calls.ts'
      import { startLambda } from '${playground}lambda/lambda.ts'
      const options = ${JSON.stringify({ ...AWS_ACCOUNT, caller: CALLER, role: ROLE, functions })}
      const lambda = await startLambda({ ...options, calls: createCalls() })
      const aws = new AwsClient({ ...options.caller, service: 'lambda', region: options.region, retries: 0 })
      const invoke = (name, event, type) => aws.fetch(lambda.origin + '/2015-03-31/functions/' + name + ':live/invocations',
        { method: 'POST', body: JSON.stringify(event), headers: { 'X-Amz-Invocation-Type': type } })
      const frozen = await (await invoke('frozen', {}, 'RequestResponse')).json()
      await invoke('busy', { gate: 'busy' }, 'Event')
      while (lambda.invocations[1].pid === undefined) await new Promise(setImmediate)
      console.log(JSON.stringify({ pids: [frozen.pid, lambda.invocations[1].pid], root: frozen.env.LAMBDA_TASK_ROOT }))`,
    )
    const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void parent.kill('SIGKILL'))
    const line = await new Promise<string>((resolve) =>
      createInterface({ input: parent.stdout }).once('line', resolve),
    )
    const { pids, root } = JSON.parse(line) as { pids: number[]; root: string }
    await gates.arrived('busy')
    await eventually(() => expect(processState(pids[0])).toBe('T'))
    expect(isAlive(pids[1])).toBe(true)
    parent.kill('SIGKILL')
    await eventually(() => expect(pids.map(isAlive)).toEqual([false, false]))
    await eventually(() => expect(existsSync(dirname(root))).toBe(false))
  })
})
