import { spawn } from 'node:child_process'

/** Whether the platform has process groups and signals that stop and continue a process; Windows has neither. */
const HAS_SIGNALS = process.platform !== 'win32'

/** Reads lines `+ pid` and `- pid`. When they end, because we closed them or were killed, it kills what is left and tidies up. */
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
  /** Kills the processes still watched, removes the folder, and ends. */
  close(): Promise<void>
}

/**
 * A shell that outlives us by a moment: a frozen process cannot see that its parent was killed, so somebody else has to.
 * Removes `folder` at the end.
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

/** Signals the process and those that it started, which are one group. A process that is gone is no error. */
export function signal(pid: number, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  if (!HAS_SIGNALS && name !== 'SIGKILL') return
  try {
    process.kill(HAS_SIGNALS ? -pid : pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
