import type { Call } from '../calls.ts'
import type { Clock } from '../clock.ts'
import { answerStream, type CallResult } from './answer-stream.ts'
import type { ConverseRequest } from './converse-request.ts'
import { readInput } from './guarded-input.ts'
import { guardOutput } from './guarded-output.ts'
import type { Assessment, Guardrail } from './guardrail.ts'
import type { ResponseStream } from './h2c-server.ts'
import type { Model, StopReason } from './models/model.ts'
import { metronome, type Pace } from './pace.ts'
import type { StreamFault } from './stream-fault.ts'

/** A rough measure for English. Real tokenizers differ by model. */
const CHARACTERS_PER_TOKEN = 4

interface Conversation {
  request: ConverseRequest
  model: Model
  guardrail: Guardrail | undefined
}

interface ConverseContext {
  reply: ResponseStream
  call: Call
  clock: Clock
  pace: Pace
  fault: StreamFault | undefined
}

/**
 * Runs the model and sends what the guardrail lets through. If the guardrail blocks the question, the model
 * is not called and usage is 0.
 */
export async function converse(
  { request, model, guardrail }: Conversation,
  { reply, call, clock, pace, fault }: ConverseContext,
): Promise<CallResult> {
  const startedAt = clock.now()
  const stream = answerStream(reply, call, clock, fault)
  const input = guardrail && readInput(guardrail, request)
  stream.start()
  const finish = (stopReason: StopReason, inputTokens: number, outputTokens: number, guard?: object) =>
    stream.finish(stopReason, {
      usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
      metrics: { latencyMs: clock.now() - startedAt },
      ...(guard &&
        ['enabled', 'enabled_full'].includes(request.guardrailConfig?.trace ?? '') && {
          trace: { guardrail: guard },
        }),
    })

  if (guardrail && input?.blocked) {
    stream.text(guardrail.policy.blockedInput)
    return finish('guardrail_intervened', 0, 0, {
      inputAssessment: { [guardrail.id]: input.assessment },
      actionReason: 'Guardrail blocked.',
    })
  }

  const output = guardrail && guardOutput(guardrail, request.guardrailConfig?.streamProcessingMode ?? 'sync')
  const maxTokens = request.inferenceConfig?.maxTokens ?? Number.POSITIVE_INFINITY
  const tempo = metronome(pace, clock, reply.signal)
  let stopReason: StopReason = 'end_turn'
  let spoken = ''
  let characters = 0
  let blocked = false
  const pass = (passed: { text: string; blocked: boolean }) => {
    stream.text(passed.text)
    blocked = passed.blocked
  }
  for await (const piece of model.answer(input?.request ?? request, reply.signal)) {
    if ('pauseMs' in piece) await tempo.pause(piece.pauseMs)
    else if ('stopReason' in piece) stopReason = piece.stopReason
    else {
      await tempo.beat()
      if ('signature' in piece) stream.signature(piece.signature)
      else if ('reasoning' in piece) stream.reasoning(piece.reasoning)
      else {
        spoken += piece.text
        pass(output ? output.push(piece.text) : { text: piece.text, blocked: false })
      }
      characters += ('text' in piece ? piece.text : 'reasoning' in piece ? piece.reasoning : '').length
      if (tokens(characters) >= maxTokens) stopReason = 'max_tokens'
    }
    if (stream.broken() || blocked || stopReason !== 'end_turn') break
  }
  if (output && !blocked) pass(output.finish())
  if (guardrail && blocked) stream.text(guardrail.policy.blockedOutput)
  // A masked answer also ends with guardrail_intervened: ApplyGuardrail answers GUARDRAIL_INTERVENED with the
  // reason "Guardrail masked.". We found no recording of a ConverseStream that shows it.
  const intervened = blocked || output?.masked()
  return finish(
    intervened ? 'guardrail_intervened' : stopReason,
    tokens(charactersOf(request)),
    tokens(characters),
    guardrail &&
      traceOf(
        guardrail,
        input?.assessment,
        output?.assessments ?? [],
        intervened ? { blocked, spoken } : undefined,
      ),
  )
}

function traceOf(
  { id }: Guardrail,
  input: Assessment | undefined,
  output: Assessment[],
  intervention: { blocked: boolean; spoken: string } | undefined,
) {
  return {
    ...(input && { inputAssessment: { [id]: input } }),
    outputAssessments: { [id]: output },
    ...(intervention && {
      modelOutput: [intervention.spoken],
      actionReason: intervention.blocked ? 'Guardrail blocked.' : 'Guardrail masked.',
    }),
  }
}

const tokens = (characters: number) => Math.ceil(characters / CHARACTERS_PER_TOKEN)

function charactersOf({ system = [], messages }: ConverseRequest) {
  const blocks = [...system, ...messages.flatMap(({ content }) => content)]
  return blocks.reduce(
    (sum, { text, guardContent }) => sum + (guardContent?.text.text ?? text ?? '').length,
    0,
  )
}
