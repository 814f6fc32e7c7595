// Brings an element and all in it up to date: attributes and texts that differ, and nothing else. Where the elements
// themselves are others, `otherwise` sees to them. What a visitor opened stays open.
export function patch(old, fresh, otherwise) {
  if (old.nodeName !== fresh.nodeName || old.id !== fresh.id || old.childNodes.length !== fresh.childNodes.length) return otherwise(old, fresh);
  if (old.nodeType === Node.TEXT_NODE && old.data !== fresh.data) old.data = fresh.data;
  if (old.nodeType !== Node.ELEMENT_NODE) return;
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const children = [...fresh.childNodes];
  [...old.childNodes].forEach((child, at) => patch(child, children[at], otherwise));
}
