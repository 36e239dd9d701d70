import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { ROLE } from '../../../playground/account.ts'
import { openLambdaStage, type Report, report } from './lambda-stage.ts'

describe('a function', () => {
  test('sees Lambda’s variables and its own, and none of the parent’s', async () => {
    vi.stubEnv('VERA_TEST_LEAK', 'leaked')
    onTestFinished(() => void vi.unstubAllEnvs())
    const { invoke, gates } = await openLambdaStage()
    const { env, argv } = await report(invoke({}))
    expect(env).toEqual({
      _HANDLER: 'index.handler',
      AWS_ACCESS_KEY_ID: ROLE.accessKeyId,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_FUNCTION_NAME: 'answerer',
      AWS_LAMBDA_FUNCTION_VERSION: '1',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/answerer',
      AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[1\][\da-f]{32}$/),
      AWS_REGION: 'us-east-1',
      AWS_SECRET_ACCESS_KEY: ROLE.secretAccessKey,
      AWS_SESSION_TOKEN: ROLE.sessionToken,
      GATES: gates.origin,
      LAMBDA_TASK_ROOT: expect.any(String),
      LANG: 'en_US.UTF-8',
      PATH: '/usr/local/bin:/usr/bin:/bin',
      TZ: 'UTC',
    })
    expect(argv).toEqual(['--enable-source-maps', '--max-old-space-size=256'])
  })

  test('gets the context of its invocation', async () => {
    const { invoke, lambda } = await openLambdaStage({ answerer: { timeoutSeconds: 20 } })
    const { context, remaining, env } = await report(invoke({}))
    expect(context).toEqual({
      awsRequestId: lambda.invocations[0]?.requestId,
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:answerer:live',
      functionName: 'answerer',
      functionVersion: '1',
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/answerer',
      logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
      callbackWaitsForEmptyEventLoop: true,
    })
    expect(remaining).toBeGreaterThan(0)
    expect(remaining).toBeLessThanOrEqual(20_000)
  })

  test('runs from its own copy of the bundle, with the source map', async () => {
    const here = await openLambdaStage()
    await writeFile(`${here.answerer.bundle}.map`, '{"version":3,"sources":[],"mappings":""}')
    await Promise.all([
      here.invoke({ gate: 'one' }, { type: 'Event' }),
      here.invoke({ gate: 'two' }, { type: 'Event' }),
    ])
    await Promise.all([here.gates.arrived('one'), here.gates.arrived('two')])
    here.gates.open('one')
    here.gates.open('two')
    await here.lambda.idle()
    const copies = here.lambda.invocations.map(({ response }) =>
      fileURLToPath((JSON.parse(response ?? '') as Report).at),
    )
    expect(new Set([...copies, here.answerer.bundle]).size).toBe(3)
    for (const copy of copies) expect(existsSync(join(dirname(copy), 'bundle.mjs.map'))).toBe(true)
    await here.lambda.close()
    for (const copy of copies) expect(existsSync(dirname(copy))).toBe(false)
  })
})
