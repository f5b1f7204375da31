"use strict";
// The language of the page, and the files that a figure gives; nothing is requested.
(() => {
  const chinese = document.getElementById("chinese");
  const language = () => (chinese.checked ? "zh" : "en");
  const tag = () => (chinese.checked ? "zh-Hans" : "en");

  function speak() {
    document.documentElement.lang = tag();
    document.title = document.querySelector(`h1 [lang="${tag()}"]`).textContent;
  }
  // a link keeps the language: report.html?lang=zh, or report.html#lang=zh
  const asked = /[?&#]lang=(zh|en)\b/.exec(location.search + location.hash);
  if (asked) document.getElementById(asked[1] === "zh" ? "chinese" : "english").checked = true;
  speak();
  document.querySelector(".language").addEventListener("change", () => {
    speak();
    try {
      history.replaceState(null, "", `?lang=${language()}${location.hash}`);
    } catch {
      location.hash = `lang=${language()}`;
    }
  });

  const sheets = JSON.parse(document.getElementById("figure-data").textContent);

  function save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // a text that begins like a formula stays a text in every spreadsheet
  function cell(value) {
    if (value === null) return "";
    const words = String(value);
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(words) ? `'${words}` : words;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }

  function csv({names, rows}) {
    const lines = [names, ...rows].map((row) => row.map(cell).join(","));
    return new Blob(["\ufeff" + lines.join("\r\n") + "\r\n"], {type: "text/csv"});
  }

  const element = (name, attributes, text) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  };

  // lines of at most so many letters, a Chinese character counting as two
  function lines(words, most) {
    const found = [""];
    let width = 0;
    for (const word of words.match(/[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*/gu) || []) {
      const size = /[\u2e80-\uffef]/u.test(word) ? 2 : word.length;
      if (width + size > most && width) {
        found.push("");
        width = 0;
      }
      found[found.length - 1] += word;
      width += size;
    }
    return found;
  }

  const spoken = (node) => {
    const copy = node.cloneNode(true);
    for (const other of copy.querySelectorAll("[lang]")) {
      if (other.lang !== tag()) other.remove();
    }
    return copy.textContent.replace(/\s+/g, " ").trim();
  };

  // the drawn figure on its own: its language, its colours, its title and its source
  function alone(figure) {
    const drawn = [...figure.querySelectorAll(".chart svg")].find((svg) => svg.clientWidth);
    const svg = drawn.cloneNode(true);
    for (const other of svg.querySelectorAll("[lang]")) {
      if (other.getAttribute("lang") !== tag()) other.remove();
    }
    const style = getComputedStyle(document.documentElement);
    const value = (name) => style.getPropertyValue(name).trim();
    for (const node of [svg, ...svg.querySelectorAll("*")]) {
      for (const {name, value: written} of [...node.attributes]) {
        const variable = /^var\((--\w+)\)$/.exec(written);
        if (variable) node.setAttribute(name, value(variable[1]));
      }
    }
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    const title = lines(spoken(figure.querySelector("h2, h3")), width / 8.5);
    const source = spoken(figure.querySelector(".evidence summary"));
    const top = 12 + 20 * title.length;
    const whole = {width: width + 24, height: height + top + 34};
    const out = element("svg", {
      xmlns: "http://www.w3.org/2000/svg", ...whole, viewBox: `0 0 ${whole.width} ${whole.height}`,
      "font-family": getComputedStyle(document.body).fontFamily,
    });
    out.append(element("rect", {...whole, fill: value("--paper")}));
    title.forEach((words, at) => out.append(element("text",
      {x: 12, y: 24 + 20 * at, "font-size": 15, "font-weight": 600, fill: value("--ink")}, words)));
    for (const [key, given] of Object.entries({x: 12, y: top, width, height})) svg.setAttribute(key, given);
    for (const key of ["aria-labelledby", "aria-describedby", "class"]) svg.removeAttribute(key);
    out.append(svg, element("text",
      {x: 12, y: whole.height - 10, "font-size": 11, fill: value("--faint")}, source));
    return {text: new XMLSerializer().serializeToString(out), ...whole};
  }

  function png({text, width, height}, name) {
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [width * 2, height * 2];
      const pen = canvas.getContext("2d");
      pen.scale(2, 2);
      pen.drawImage(image, 0, 0, width, height);
      canvas.toBlob((blob) => save(blob, name));
    };
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  }

  document.addEventListener("click", (event) => {
    const wanted = event.target.closest("[data-get]")?.dataset.get;
    if (!wanted) return;
    const figure = event.target.closest("figure, article");
    const name = `${figure.id}.${wanted}`;
    if (wanted === "csv") save(csv(sheets[figure.id]), name);
    if (wanted === "svg") save(new Blob([alone(figure).text], {type: "image/svg+xml"}), name);
    if (wanted === "png") png(alone(figure), name);
  });
})();
