// Measures the visible page by boxes and computed styles. Written in the JavaScript of 2009, for the oldest engine.
function all(within, selector) {
  return Array.prototype.slice.call(within.querySelectorAll(selector));
}

function element() {
  return document.querySelector("gema-article");
}

function root() {
  return element().shadowRoot;
}

function ready() {
  return element().getAttribute("data-ready");
}

function box(node) {
  return node.getBoundingClientRect();
}

function isSeen(node) {
  var rectangle = box(node);
  return rectangle.width > 1 && rectangle.height > 1 && getComputedStyle(node).visibility === "visible";
}

// Whether the article's own text is visible, and the height of the empty room above and below it.
function article(page) {
  var own = page.querySelector("#own");
  var before = page.querySelector("#before");
  var after = page.querySelector("#after");
  return {
    text: own.textContent,
    isSeen: isSeen(own),
    above: Math.round(box(own).top - box(before).bottom),
    below: Math.round(box(after).top - box(own).bottom),
  };
}

// The text elements of the widget: those with text of their own, except emoji.
function texts() {
  return all(root(), "*").filter(function (node) {
    var hasText = Array.prototype.some.call(node.childNodes, function (child) {
      return child.nodeType === 3 && child.data.trim();
    });
    return hasText && isSeen(node) && !/^(style|script)$/.test(node.localName) && node.getAttribute("part") !== "face";
  });
}

// A colour of any notation as [red, green, blue, alpha].
function rgba(color) {
  var canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  var context = canvas.getContext("2d");
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  return Array.prototype.slice.call(context.getImageData(0, 0, 1, 1).data);
}

function over(upper, lower) {
  var alpha = upper[3] / 255;
  return lower.map(function (value, i) {
    return i === 3 ? 255 : upper[i] * alpha + value * (1 - alpha);
  });
}

// The colour behind a node's text: the backgrounds up to the window, which is white.
function behind(node) {
  if (!node) return [255, 255, 255, 255];
  var parent = node.parentNode;
  if (parent && parent.host) parent = parent.host;
  if (!parent || parent.nodeType !== 1) parent = null;
  return over(rgba(getComputedStyle(node).backgroundColor), behind(parent));
}

function luminance(color) {
  var linear = color.map(function (value) {
    var part = value / 255;
    return part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
  });
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

// The contrast of a colour with what is behind a node, as in WCAG 2.
function contrast(color, node) {
  var back = behind(node);
  var pair = [luminance(over(rgba(color), back)), luminance(back)].sort();
  return (Math.max(pair[0], pair[1]) + 0.05) / (Math.min(pair[0], pair[1]) + 0.05);
}

// The texts with too little contrast.
function pale() {
  return texts().reduce(function (found, node) {
    var ratio = contrast(getComputedStyle(node).color, node);
    return ratio < 4.5 ? found.concat(node.textContent + ": " + ratio.toFixed(2)) : found;
  }, []);
}

function buttons() {
  return all(root(), "[part=option], [part=share-button]").filter(isSeen);
}

// The buttons without a visible border.
function borderless() {
  return buttons().filter(function (button) {
    var style = getComputedStyle(button);
    var isThere = parseFloat(style.borderTopWidth) > 0 && style.borderTopStyle !== "none";
    return !isThere || contrast(style.borderTopColor, button.parentNode) < 1.2;
  }).map(function (button) {
    return button.getAttribute("data-part");
  });
}

// The options whose percentage bar overlaps their text, or extends beyond them.
function struck() {
  return all(root(), "[part=option]").filter(function (option) {
    var bar = box(option.querySelector(".track"));
    var outside = bar.bottom > box(option).bottom + 1 || bar.top < box(option).top - 1;
    return outside || all(option, "[part=label], [part=count], [part=percent]").some(function (text) {
      var range = document.createRange();
      range.selectNodeContents(text);
      var rectangle = box(range);
      var isBeside = bar.right <= rectangle.left || bar.left >= rectangle.right;
      // The line's box is higher than its letters.
      return !isBeside && bar.top < rectangle.bottom - 2 && bar.bottom > rectangle.top + 2;
    });
  }).map(function (option) {
    return option.getAttribute("data-part");
  });
}

// The rectangle of a node's text, or of an image.
function drawn(node) {
  var range = document.createRange();
  range.selectNodeContents(node);
  return node.firstChild && node.localName !== "svg" ? range.getBoundingClientRect() : box(node);
}

// The texts of a button that overflow it, or overlap.
function crowded() {
  return buttons().filter(function (button) {
    // Before the first vote, numbers are empty.
    var isFull = function (node) { return node.textContent || /^(svg|img)$/.test(node.localName); };
    var pieces = all(button, "[part]").filter(isSeen).filter(isFull).map(drawn);
    var edge = box(button);
    return pieces.some(function (one, i) {
      var isOutside = one.left < edge.left - 1 || one.right > edge.right + 1 || one.top < edge.top - 1 || one.bottom > edge.bottom + 1;
      return isOutside || pieces.slice(i + 1).some(function (other) {
        return one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom - 1 && other.top < one.bottom - 1;
      });
    });
  }).map(function (button) {
    return button.getAttribute("data-part");
  });
}

// The focused element, and its focus ring.
function focused() {
  var node = root().activeElement;
  if (!node) return null;
  var style = getComputedStyle(node);
  return {
    part: node.getAttribute("data-part"),
    style: style.outlineStyle,
    width: parseFloat(style.outlineWidth),
    contrast: style.outlineStyle === "auto" ? 21 : contrast(style.outlineColor, node.parentNode),
  };
}

function option(name) {
  return root().querySelector("[data-part=option-" + name + "]");
}

// Its centre, in view.
function place(node) {
  node.scrollIntoView();
  var rectangle = box(node);
  return [rectangle.left + rectangle.width / 2, rectangle.top + rectangle.height / 2];
}

function chosen() {
  var pressed = all(root(), "[aria-pressed=true]");
  return pressed.map(function (node) {
    return [node.getAttribute("data-part").replace("option-", ""), node.querySelector("[part=count]").textContent];
  });
}
