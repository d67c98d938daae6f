// codecell in a program of your own. After `npm run build`: node examples/embed.mjs

import { createCodeMode } from "codecell";

const prices = new Map([
  ["apple", 30],
  ["pear", 45],
  ["plum", 12],
]);

const codeMode = createCodeMode({
  tools: {
    price: {
      description: "The price of a product, in cents.",
      inputSchema: {
        type: "object",
        properties: { product: { type: "string" } },
        required: ["product"],
      },
      execute: async ({ product }) => prices.get(product) ?? null,
    },
    order: { execute: async ({ product, amount }) => `${amount} × ${product} ordered` },
  },
});

// What a model would write.
const outcome = await codeMode.openSession().exec(`
  const products = ["apple", "pear", "plum"];
  const prices = await Promise.all(products.map((product) => tools.price({ product })));
  const cheapest = products[prices.indexOf(Math.min(...prices))];
  text(await tools.order({ product: cheapest, amount: 10 }));
`);

console.log(outcome.status, outcome.output);
await codeMode.close();
