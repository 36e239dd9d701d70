import { readFileSync } from 'node:fs'
import { join } from 'node:path'

// Last part of `npm run synth`: counts the resources in the templates of cdk.out by type.

interface Manifest {
  artifacts: Record<string, { type: string; properties: { templateFile?: string } }>
}

interface Template {
  Resources: Record<string, { Type: string; DeletionPolicy?: string }>
}

function read<T>(file: string): T {
  return JSON.parse(readFileSync(join('cdk.out', file), 'utf8')) as T
}

// Read the manifest first: the folder can still hold the template of a stack that was removed.
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
