/** What is in the basket, in cents. */
export function total(items) {
  return items.reduce((sum, item) => sum + item.price * item.count, 0);
}

/** An amount in cents as people read it. */
export function euros(cents) {
  return `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, "0")} €`;
}
