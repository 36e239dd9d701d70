/** The least that a Worker can do. It shows what every measurement contains besides the product. */
export default { fetch: () => new Response(null, { status: 200 }) }
