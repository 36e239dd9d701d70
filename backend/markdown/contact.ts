/** One mail address, without the header fields that could follow it. */
const MAIL = String.raw`[\p{L}\p{N}._%+'-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,63}`
const WHOLE_MAIL = new RegExp(`^mailto:(${MAIL})$`, 'iu')
const PHONE = /\+?\d(?:[\s()./-]{0,3}\d){3,19}/g
/** A mail address with a subject or other fields. It is live only if the whole of it was given. */
const MAIL_WITH_FIELDS = new RegExp(String.raw`^mailto:${MAIL}\?[^\s<>"|\\()[\]${'`'}]{1,500}$`, 'iu')

/** A `mailto:` or `tel:` address in one spelling; undefined for any other address. */
export function contactOf(address: string): string | undefined {
  if (WHOLE_MAIL.test(address) || MAIL_WITH_FIELDS.test(address))
    return `mailto:${address.slice('mailto:'.length).replace(/^[^?]+/, (mail) => mail.toLowerCase())}`
  return /^tel:\+?[\d\s()./-]{3,40}$/i.test(address) ? telephone(address) : undefined
}

/** The mail addresses and telephone numbers in a text, in the spelling of `contactOf`. */
export function contactsIn(text: string): string[] {
  const mails = [...text.matchAll(new RegExp(MAIL, 'giu'))].map(([mail]) => `mailto:${mail.toLowerCase()}`)
  const withFields = [...text.matchAll(/mailto:[^\s<>"|\\()[\]`]+\?[^\s<>"|\\()[\]`]+/gi)]
  const numbers = [...text.matchAll(PHONE)].map(([number]) => telephone(number))
  return [...mails, ...withFields.flatMap(([mail]) => contactOf(mail) ?? []), ...numbers]
}

function telephone(number: string): string {
  return `tel:${number.replace(/[^\d+]/g, '')}`
}
