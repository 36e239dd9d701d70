/** The installed app. All values are visibly fake, and the same in every test and in the playground. */
export const identity = {
  teamId: 'T00FAKE',
  teamName: 'Fake Company',
  teamDomain: 'fake-company',
  appId: 'A00FAKE',
  appName: 'Vera',
  botUserId: 'U00VERA',
  botId: 'B00VERA',
  botToken: 'xoxb-fake-token',
  signingSecret: 'fake-signing-secret',
} as const
