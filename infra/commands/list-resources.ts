import { readFileSync } from 'node:fs'
import { join } from 'node:path'

// The end of `npm run synth`: what the templates in cdk.out would make, by type and count.

interface Manifest {
  artifacts: Record<string, { type: string; properties: { templateFile?: string } }>
}

interface Template {
  Resources: Record<string, { Type: string; DeletionPolicy?: string }>
}

function read<T>(file: string): T {
  return JSON.parse(readFileSync(join('cdk.out', file), 'utf8')) as T
}

// The manifest, because the folder may still hold the template of a stack that is no more.
for (const [name, { type, properties }] of Object.entries(read<Manifest>('manifest.json').artifacts)) {
  if (type !== 'aws:cloudformation:stack' || properties.templateFile === undefined) continue
  const resources = Object.values(read<Template>(properties.templateFile).Resources)
  console.log(`${name}: ${resources.length} resources`)
  for (const ofType of [...new Set(resources.map(({ Type }) => Type))].sort()) {
    const found = resources.filter(({ Type }) => Type === ofType)
    const retained = found.filter(({ DeletionPolicy }) => DeletionPolicy?.startsWith('Retain')).length
    console.log(
      `${String(found.length).padStart(4)}  ${ofType}${retained > 0 ? `, ${retained} retained` : ''}`,
    )
  }
}
