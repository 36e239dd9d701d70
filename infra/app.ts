import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { build } from './build.ts'
import { readSections } from './settings/sections.ts'
import { UserError } from './settings/user-error.ts'
import { createStacks } from './stack.ts'

// cdk.json starts this file. It builds the bundles itself, so that no old one is ever deployed.
try {
  const sections = readSections()
  await build()
  // Otherwise the CDK would synthesize when the process ends, even after an error.
  const app = new App({ autoSynth: false })
  createStacks(app, sections)
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  app.synth()
} catch (error) {
  if (!(error instanceof UserError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
