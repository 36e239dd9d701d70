import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import * as sections from '../assistant.config.ts'
import { build } from './build.ts'
import { createStacks } from './stack.ts'

// What cdk.json starts. Bundles first, so that nothing old is ever deployed.
await build()
const app = new App()
createStacks(app, sections)
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
app.synth()
