// The page's policy allows no inline style. The editor wants two kinds of it: <style> elements, which may have the
// page's nonce, and style attributes inside HTML strings, which may be set through the DOM. Both are rewritten here,
// before the editor loads.
const { nonce } = document.querySelector('meta[property="csp-nonce"]');
const HELD = 'data-held-style';
const STYLE_IN_TAG = /(<[a-z][^<>]*?\s)style=/gi;

const createElement = document.createElement;
document.createElement = function createElementWithNonce(name, options) {
  const element = createElement.call(this, name, options);
  if (element instanceof HTMLStyleElement) element.nonce = nonce;
  return element;
};

const hold = (html) => String(html).replace(STYLE_IN_TAG, `$1${HELD}=`);

const release = (root) => {
  for (const element of root.querySelectorAll(`[${HELD}]`)) {
    element.style.cssText = element.getAttribute(HELD);
    element.removeAttribute(HELD);
  }
};

const innerHTML = Object.getOwnPropertyDescriptor(Element.prototype, 'innerHTML');
Object.defineProperty(Element.prototype, 'innerHTML', {
  ...innerHTML,
  set(html) {
    innerHTML.set.call(this, hold(html));
    release(this);
  },
});

const insertAdjacentHTML = Element.prototype.insertAdjacentHTML;
Element.prototype.insertAdjacentHTML = function insertWithoutInlineStyle(position, html) {
  insertAdjacentHTML.call(this, position, hold(html));
  release(this.parentElement ?? this);
};
