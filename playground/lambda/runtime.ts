/**
 * Lambda's runtime for Node.js, as a function sees it: the main module of an execution environment's process.
 * It loads the bundle, then runs the invocations that the parent sends over Node's IPC channel, one after the
 * other.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { endOfLog, type FunctionError, type InvokeMessage, type RuntimeMessage } from './protocol.ts'

type Handler = (event: unknown, context: object) => unknown

let running: InvokeMessage | undefined

function say(said: RuntimeMessage, then?: () => void): void {
  process.send?.(said, undefined, undefined, then)
}

function describe(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] }
  return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] }
}

async function load(): Promise<Handler> {
  const [module = '', name = ''] = (process.env._HANDLER ?? '').split('.')
  const exports: Record<string, unknown> = await import(
    pathToFileURL(join(process.env.LAMBDA_TASK_ROOT ?? '', `${module}.mjs`)).href
  )
  const handler = exports[name]
  if (typeof handler !== 'function')
    throw named('Runtime.HandlerNotFound', `${module}.${name} is undefined or not exported`)
  // nodejs24.x no longer accepts handlers with a callback.
  if (handler.length > 2)
    throw named('Runtime.CallbackHandlerDeprecated', 'callback-based function handlers are not supported')
  return handler as Handler
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name })
}

function contextOf({ requestId, functionArn, deadline }: InvokeMessage): object {
  return {
    awsRequestId: requestId,
    invokedFunctionArn: functionArn,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  }
}

async function run(handler: Handler, invoke: InvokeMessage): Promise<void> {
  running = invoke
  let said: RuntimeMessage
  try {
    said = {
      kind: 'answered',
      response: JSON.stringify(await handler(JSON.parse(invoke.payload), contextOf(invoke))) ?? 'null',
    }
  } catch (error) {
    said = { kind: 'failed', error: describe(error) }
    logError('Invoke Error', said.error)
  }
  running = undefined
  await written(`${endOfLog(invoke.requestId)}\n`)
  say(said)
}

/**
 * Writes to both streams and waits until all earlier output has left the process: the parent may freeze it
 * after its answer.
 */
async function written(text: string): Promise<void> {
  const write = (stream: NodeJS.WriteStream) => new Promise((resolve) => stream.write(text, resolve))
  await Promise.all([write(process.stdout), write(process.stderr)])
}

/** Lambda logs an uncaught error of the function, with its stack. */
function logError(what: string, error: FunctionError): void {
  process.stderr.write(
    `${new Date().toISOString()}\t${running?.requestId ?? 'undefined'}\tERROR\t${what} \t${JSON.stringify(error)}\n`,
  )
}

function crash(what: string, error: FunctionError, exitCode: number): void {
  logError(what, error)
  void written('').then(() => say({ kind: 'crashed', error }, () => process.exit(exitCode)))
}

process.on('uncaughtException', (error) => crash('Uncaught Exception', describe(error), 129))
process.on('unhandledRejection', (reason) => {
  const { errorMessage, trace = [] } = describe(reason)
  crash(
    'Unhandled Promise Rejection',
    { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage, trace },
    128,
  )
})
// The parent is gone, perhaps killed. An environment must not outlive it.
process.on('disconnect', () => process.exit(1))

try {
  const handler = await load()
  process.on('message', (invoke: InvokeMessage) => void run(handler, invoke))
  say({ kind: 'ready' })
} catch (error) {
  const described = describe(error)
  const syntax = error instanceof SyntaxError
  crash(
    'Uncaught Exception',
    syntax ? { ...described, errorType: 'Runtime.UserCodeSyntaxError' } : described,
    1,
  )
}
