import { describe, expect, test } from 'vitest'
import { shown } from '../turn/shown-answer.ts'

const inOnes = (text: string) => text.split('')
const inSevens = (text: string) => text.match(/[\s\S]{1,7}/g) ?? []

describe('HTML in an answer becomes Markdown or goes', () => {
  test.each([
    ['one<br>two <br/> three<BR />four', 'one\ntwo\nthree\nfour'],
    ['| a<br>b | c |\n|---|---|\n| d<br>e | f |', '| a b | c |\n|---|---|\n| d e | f |'],
    [
      '<b>Note</b>: <strong> see </strong> <i>it</i> <em>now</em> <del>old</del>',
      '**Note**: **see**  *it* *now* ~~old~~',
    ],
    ['<b>open and </i>closed', 'open and closed'],
    ['Use <code>a &lt; b</code> and <kbd>Ctrl</kbd>', 'Use `a < b` and `Ctrl`'],
    [
      '<details>\n<summary>More</summary>\nIt is [1].\n</details>',
      '**More**\n\nIt is [1](https://wiki.example/vpn#mac).\n',
    ],
    ['<p>One</p><p>Two</p>', 'One\n\nTwo\n\n'],
    ['Do:<ul><li>this</li><li>that</li></ul>', 'Do:\n\n- this\n- that\n\n'],
    ['<h2>Title</h2>Text', '**Title**\nText'],
    [
      '<a href="https://status.example/now">status</a> and <a href=\'https://evil.example/x\'>x</a>',
      '[status](https://status.example/now) and x (`https://evil.example/x`)',
    ],
    ['<span style="color:red">red</span> <sup>2</sup><font color=red>x</font><!-- hidden -->', 'red 2x'],
    ['<answer>\nYes.\n</answer>', 'Yes.\n'],
    ['<custom-note kind="a">Yes</custom-note><|im_end|>', 'Yes'],
    ['<script>steal()</script>', 'steal()'],
    [
      'Map<string, x>, List<T>, ssh <host>, a <b and c> d, x < y > z',
      'Map&lt;string, x>, List&lt;T>, ssh &lt;host>, a &lt;b and c> d, x < y > z',
    ],
    ['`<br>` and\n```html\n<b>x</b><br>\n```', '`<br>` and\n```html\n<b>x</b><br>\n```\n'.slice(0, -1)],
    ['a <br', 'a &lt;br'],
    ['two spaces  \nend a line', 'two spaces  \nend a line'],
  ])('%s', (answer, text) => {
    expect(shown(answer).text).toBe(text)
    expect(shown(answer, inOnes).text).toBe(text)
    expect(shown(answer, inSevens).text).toBe(text)
  })
})

describe('thoughts in tags are not shown', () => {
  test.each([
    [
      '<thinking>\nThey ask [2].\n\n```\nx\n```\n</thinking>\n\nIt is [1].',
      'It is [1](https://wiki.example/vpn#mac).',
    ],
    ['<think>hm</think>Yes.', 'Yes.'],
    ['<THINKING kind="a">hm</THINKING >Yes.', 'Yes.'],
    ['<scratchpad>a</scratchpad><reasoning>b</reasoning>Yes.', 'Yes.'],
    ['Sure. <thinking>one\ntwo</thinking> Yes.', 'Sure. Yes.'],
    ['hm</think>\nYes.', 'hm\nYes.'],
    ['Yes.\n\n<reflection>Was it right?', 'Yes.\n\n'],
    ['Write `<thinking>` first.', 'Write `<thinking>` first.'],
    ['Write <thinking> first.\nThen answer.', 'Write first.\nThen answer.'],
    ['```xml\n<thinking>x</thinking>\n```', '```xml\n<thinking>x</thinking>\n```'],
  ])('%s', (answer, text) => {
    expect(shown(answer).text).toBe(text)
    expect(shown(answer, inOnes)).toEqual(shown(answer))
    expect(shown(answer, inSevens)).toEqual(shown(answer))
    // What is cited in a thought is not cited in the answer.
    expect(shown(answer).cited).not.toContain(2)
  })
})
