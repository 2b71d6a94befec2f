"use strict";
/* Shared by every page: reads the data, switches the language, builds elements.
   Text always enters through text nodes; no markup is ever parsed from data. */
const LW = (() => {
  const data = JSON.parse(document.getElementById("lw-data").textContent);
  const SVG = "http://www.w3.org/2000/svg";
  const renderers = [];
  const state = new URLSearchParams(location.hash.slice(1));
  let lang = state.get("lang") === "en" ? 1 : 0;

  /* A text is a string, a pair, a place in the list of templates, or such a place with numbers. */
  function pick(value, which = lang) {
    if (typeof value === "string") return value;
    if (Array.isArray(value)) return value[which];
    if (typeof value === "number") return data.templates[value][which];
    const pieces = data.templates[value.t][which].split("\u0001");
    return pieces.map((piece, i) => piece + (value.n[i] || "")).join("");
  }
  const word = (key) => data.text[key][lang];

  function fill(node, attrs, kids) {
    for (const [key, value] of Object.entries(attrs || {})) node.setAttribute(key, value);
    for (const kid of kids) node.append(kid);
    return node;
  }
  const el = (tag, attrs, ...kids) => fill(document.createElement(tag), attrs, kids);
  const svg = (tag, attrs, ...kids) => fill(document.createElementNS(SVG, tag), attrs, kids);
  const bdi = (text) => el("bdi", {}, pick(text));

  function remember(key, value) {
    if (value) state.set(key, value); else state.delete(key);
    const hash = state.toString();
    history.replaceState(null, "", hash ? "#" + hash : location.pathname.split("/").pop());
  }

  /* Addresses are made into links only when they lead to a government site over https. */
  function linked(text) {
    const line = el("bdi", {});
    for (const piece of text.split(/(https:\/\/[A-Za-z0-9.-]+\.gov\.tw(?:\/[A-Za-z0-9./_~%?=-]*)?)/)) {
      if (/^https:\/\/[A-Za-z0-9.-]+\.gov\.tw(\/|$)/.test(piece)) {
        line.append(el("a", { href: piece, rel: "noopener noreferrer" }, piece));
      } else line.append(piece);
    }
    return line;
  }

  function facts(node, rows) {
    node.replaceChildren();
    for (const [key, value] of rows) {
      node.append(el("div", {}, el("dt", {}, typeof key === "string" ? word(key) : pick(key)), el("dd", {}, bdi(value))));
    }
  }

  function plot(shape, title) {
    const box = svg("svg", { viewBox: `0 0 ${shape.width} ${shape.height}`, role: "img", class: "plot" });
    box.append(svg("title", {}, title));
    const right = shape.width - 12, bottom = shape.height - 34;
    for (const [y, label] of shape.y_ticks) {
      box.append(svg("line", { x1: 58, x2: right, y1: y, y2: y, class: "grid" }));
      box.append(svg("text", { x: 52, y: y + 4, "text-anchor": "end" }, label));
    }
    for (const [x, label] of shape.x_ticks) {
      box.append(svg("text", { x, y: bottom + 18, "text-anchor": "middle" }, label));
    }
    if (shape.zero !== null) box.append(svg("line", { x1: 58, x2: right, y1: shape.zero, y2: shape.zero, class: "zero" }));
    if (shape.start !== null) box.append(svg("line", { x1: shape.start, x2: shape.start, y1: 14, y2: bottom, class: "start-line" }));
    shape.low.forEach((low, i) => box.append(svg("line", { x1: shape.x[i], x2: shape.x[i], y1: low, y2: shape.high[i], class: "range" })));
    if (!shape.low.length) box.append(svg("polyline", { points: shape.x.map((x, i) => `${x},${shape.y[i]}`).join(" "), class: "trace" }));
    shape.x.forEach((x, i) => box.append(svg("circle", { cx: x, cy: shape.y[i], r: 3, class: "dot" })));
    return box;
  }

  function render() {
    document.documentElement.lang = lang ? "en" : "zh-Hant";
    for (const node of document.querySelectorAll("[data-t]")) node.textContent = word(node.dataset.t);
    for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", word(node.dataset.label));
    for (const node of document.querySelectorAll("[data-lang]")) {
      node.setAttribute("aria-pressed", String((node.dataset.lang === "en") === (lang === 1)));
    }
    for (const node of document.querySelectorAll("a.nav-link")) node.hash = lang ? "lang=en" : "";
    const page = word("page_" + data.page), site = word("site");
    document.title = `${page} · ${site}`;
    const list = document.getElementById("attribution");
    list.replaceChildren(...data.site.attribution.map((line) => el("li", {}, linked(line))));
    facts(document.getElementById("dates"), data.site.facts);
    const here = document.querySelector("nav [aria-current]");
    if (here) here.parentNode.scrollLeft = here.offsetLeft - 60;
    for (const renderer of renderers) renderer();
  }

  for (const node of document.querySelectorAll("[data-lang]")) {
    node.addEventListener("click", () => {
      lang = node.dataset.lang === "en" ? 1 : 0;
      remember("lang", lang ? "en" : "");
      render();
    });
  }
  const start = (...jobs) => { renderers.push(...jobs); render(); };
  return { data, state, remember, pick, word, el, svg, bdi, facts, plot, start };
})();
