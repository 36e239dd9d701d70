// This is plain JavaScript because it must run on the old versions of Node that it rejects.
const NEEDED = [24, 2] // The first version with import.meta.main. TypeScript files run without a flag since 22.18.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  console.error(
    `Vera needs Node ${NEEDED.join('.')} or newer; this is Node ${process.versions.node}. ` +
      'On Linux, "npm ci" installs Node 24. Elsewhere, install it from https://nodejs.org.',
  )
  process.exit(1)
}
