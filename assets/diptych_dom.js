/* Small helpers to write elements. Text goes in as text, never as markup: names and titles come from strangers. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const SVG = "http://www.w3.org/2000/svg";
  const pen = document.createElement("canvas").getContext("2d");

  function fill(node, props, children) {
    for (const [name, given] of Object.entries(props || {})) {
      if (given === null || given === undefined || given === false) continue;
      if (name === "style") for (const [key, text] of Object.entries(given)) node.style.setProperty(key, text);
      else if (name === "on") for (const [event, act] of Object.entries(given)) node.addEventListener(event, act);
      else node.setAttribute(name, given === true ? "" : given);
    }
    node.append(...[children].flat(2).filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
  }

  /** el("p.meta", {title}, ["words", other]) */
  function el(spec, props, children) {
    const [tag, ...classes] = spec.split(".");
    const node = document.createElement(tag);
    if (classes.length) node.className = classes.join(" ");
    return fill(node, props, children || []);
  }

  function svg(tag, props, children) {
    return fill(document.createElementNS(SVG, tag), props, children || []);
  }

  /** Width in pixels of a text in the page's font. */
  function width(text, size = 11, weight = 400) {
    pen.font = `${weight} ${size}px Inter, system-ui, sans-serif`;
    return pen.measureText(text).width;
  }

  /** A name of any length and direction on one line; the whole of it is its title. */
  function name(spec, text) {
    return el(spec, { title: text.length > 18 ? text : null, dir: "auto" }, text);
  }

  /** Replace the children only where the words differ, so that a screen reader and a selection keep their place. */
  function say(node, text) {
    if (node && node.textContent !== text) node.textContent = text;
  }

  const px = (x) => `${Math.round(x * 10) / 10}px`;
  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  D.dom = { el, svg, width, name, say, px, calm };
})();
