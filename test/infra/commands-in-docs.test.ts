import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** These need no region: IAM has one endpoint for all regions, and the others only log in. */
const EVERYWHERE = /^aws (iam|sso|configure)\b/

test.each(['README.md', 'docs/deployment.md', 'docs/from-terraform.md', 'docs/operation.md'])(
  'in %s, every aws command names its region',
  (page) => {
    const commands = readFileSync(page, 'utf8').match(/\baws [a-z\d-]+ [a-z\d-]+( [^`|\n]*)?/g) ?? []
    expect(commands.length).toBeGreaterThan(0)
    const lost = commands.filter((command) => !EVERYWHERE.test(command) && !/ --region \S/.test(command))
    expect(lost).toEqual([])
  },
)
