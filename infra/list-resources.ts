import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

// The end of `npm run synth`: what the templates in cdk.out would make, by type and count.

interface Template {
  Resources: Record<string, { Type: string; DeletionPolicy?: string }>
}

const [folder = 'cdk.out'] = process.argv.slice(2)
for (const file of globSync(join(folder, '*.template.json')).sort()) {
  const { Resources } = JSON.parse(readFileSync(file, 'utf8')) as Template
  const resources = Object.values(Resources).filter(({ Type }) => Type !== 'AWS::CDK::Metadata')
  const types = [...new Set(resources.map(({ Type }) => Type))].sort()
  console.log(`${basename(file, '.template.json')}: ${resources.length} resources`)
  for (const type of types) {
    const ofType = resources.filter(({ Type }) => Type === type)
    const kept = ofType.filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain').length
    console.log(`${String(ofType.length).padStart(4)}  ${type}${kept > 0 ? `, ${kept} retained` : ''}`)
  }
}
