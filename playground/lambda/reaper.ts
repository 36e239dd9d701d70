import { spawn } from 'node:child_process'

/** False on Windows, which has no process groups and no signals to stop and continue a process. */
const HAS_SIGNALS = process.platform !== 'win32'

/**
 * Reads lines `+ pid` and `- pid`. When its input ends, because we closed it or were killed, it kills the
 * remaining processes and removes the folder.
 */
const SCRIPT = `
groups=' '
while read -r sign group; do
  case $sign in
    +) groups="$groups$group " ;;
    -) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group"; done
rm -rf -- "$1"
`

export interface Reaper {
  watch(pid: number): void
  forget(pid: number): void
  /** Kills the processes that are still watched, removes the folder, and ends. */
  close(): Promise<void>
}

/**
 * Starts a shell that outlives us by a moment. A frozen process cannot notice that its parent was killed, so
 * the shell kills it. At the end the shell removes `folder`.
 */
export function startReaper(folder: string): Reaper {
  if (!HAS_SIGNALS) return { watch() {}, forget() {}, async close() {} }
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'sh', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: { PATH: '/usr/bin:/bin' },
  })
  const ended = new Promise((resolve) => shell.once('close', resolve))
  shell.stdin.on('error', () => {})
  return {
    watch: (pid) => void shell.stdin.write(`+ ${pid}\n`),
    forget: (pid) => void shell.stdin.write(`- ${pid}\n`),
    async close() {
      shell.stdin.end()
      await ended
    },
  }
}

/**
 * Signals a process and everything it started, which form one group. A process that is already gone is not an
 * error.
 */
export function signal(pid: number, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  if (!HAS_SIGNALS && name !== 'SIGKILL') return
  try {
    process.kill(HAS_SIGNALS ? -pid : pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
