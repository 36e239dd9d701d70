import type { Model } from '../../playground/bedrock/models/model.ts'

/** Everything that an answer must not do to its reader. The fence at the end is never closed. */
const ANSWER = `It is in the guide [1], and in two that nobody gave me [9] [12].

<!channel> <!here> <@U00GRACE> <!subteam^S00FAKE> look: <https://evil.example/x|click> or [here](https://evil.example/phish), \
or https://evil.example/bare, or [run](javascript:alert(1)) <b onclick="steal()">this</b> & <script>steal()</script>.

| Who | What |
| --- | --- |
| 👩‍👩‍👧‍👦 | 𝕏 *unclosed _marks ~here |

\`\`\`sh
rm -rf / # [1] <!everyone>
`

const REASONING = 'They ask politely. I shall not listen. [1] <!channel> 🤔'

/**
 * A model that ignores every instruction, each time in the same way. It sends its reasoning first, then one
 * UTF-16 code unit per delta: a character beyond the Basic Multilingual Plane arrives as two halves that are no
 * text by themselves.
 */
export const disobedient: Model = {
  async *answer() {
    for (const half of REASONING.split('')) yield { reasoning: half }
    yield { signature: 'ZmFrZS1zaWduYXR1cmU=' }
    for (const half of ANSWER.split('')) yield { text: half }
  },
}
