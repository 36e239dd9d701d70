/** The least that a Worker can do: what is left of any measurement when there is no product. */
export default { fetch: () => new Response(null, { status: 200 }) }
