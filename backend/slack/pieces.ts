/**
 * Cuts Markdown into pieces of at most `limitChars`, at a blank line where there is one, else at a line's end, else
 * between two words or characters. Joined they are the text again, but for white space at the cuts.
 */
export function pieces(markdown: string, limitChars: number): string[] {
  const cut: string[] = []
  let rest = markdown.trim()
  while (rest.length > limitChars) {
    const head = rest.slice(0, limitChars)
    const at = [head.lastIndexOf('\n\n'), head.lastIndexOf('\n'), head.lastIndexOf(' ')].find((index) => index > limitChars / 2)
    const end = at ?? (/[\uD800-\uDBFF]$/.test(head) ? limitChars - 1 : limitChars)
    cut.push(rest.slice(0, end).trimEnd())
    rest = rest.slice(end).trimStart()
  }
  return rest === '' ? cut : [...cut, rest]
}
