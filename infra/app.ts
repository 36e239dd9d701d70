import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { build } from './build.ts'
import { readSections } from './sections.ts'
import { createStacks } from './stack.ts'

// What cdk.json starts. It bundles by itself, so that nothing old is ever deployed.
const sections = readSections()
await build()
const app = new App()
createStacks(app, sections)
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
app.synth()
