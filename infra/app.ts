import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { build } from './build.ts'
import { readSections } from './settings/sections.ts'
import { UserError } from './settings/user-error.ts'
import { createStacks } from './stack.ts'

// What cdk.json starts. It bundles by itself, so that nothing old is ever deployed.
try {
  const sections = readSections()
  await build()
  // By itself it would be synthesized at the end also where something was wrong.
  const app = new App({ autoSynth: false })
  createStacks(app, sections)
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  app.synth()
} catch (error) {
  if (!(error instanceof UserError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
