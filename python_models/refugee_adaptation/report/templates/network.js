"use strict";
// The network of the report: fills Bokeh's plot, filters it, and shows what is behind a
// person or a tie. Every text of the crawl is set as text, never as markup.
(() => {
  const root = document.getElementById("network");
  if (!root) return;
  const find = (name) => root.querySelector(`[data-part="${name}"]`);
  const json = (id) => JSON.parse(document.getElementById(id).textContent);
  const PAGE = 6;
  const zh = () => document.getElementById("chinese").checked;
  const say = (en, chinese) => (zh() ? chinese : en);
  const element = (name, text, parent) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (parent) parent.append(made);
    return made;
  };
  // pixels around a line that count as on it
  const REACH = 6;
  let data, kind, shown = [], ties = [], page = 0, started = false;
  let nodes, edges, names, across, up, marks;
  // what the panel shows: a person, a tie, or nothing; and what the search found
  let picked = {}, found = () => "";

  const colour = (at) => at >= 0 && at < data.most ? data.colours[at % data.colours.length] : data.other;
  const drawn = (variable) => getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
  const shape = (at) => at >= 0 && at < data.most ? data.shapes[at % data.shapes.length] : "circle";
  const symbol = (at) => ({circle: "●", square: "■", triangle: "▲", diamond: "◆",
    inverted_triangle: "▼", hex: "⬢", star: "★"})[shape(at)];
  const title = (at) => {
    const group = kind.communities[at];
    if (!group) return "–";
    if (group[1]) return group[1];
    return group[3] ? say(`circle ${group[0]}`, `圈子 ${group[0]}`) : say(`part ${group[0]}`, `部分 ${group[0]}`);
  };
  const rank = (p) => p[4] === null ? say("not settled", "未定") : count(p[4]) + (p[5] === p[6] ? "" : ` [${count(p[5])}, ${count(p[6])}]`);
  const count = (n) => n.toLocaleString("en-US");

  function wordKinds() {
    for (const option of find("kind").options) {
      const words = data.kinds.find((one) => one.kind === option.value).words;
      option.textContent = say(words.en, words.zh);
    }
  }

  function fillCommunities() {
    const select = find("community");
    const legend = find("legend");
    const wanted = select.value;
    select.replaceChildren();
    legend.replaceChildren();
    const all = element("option", say("all circles", "全部圈子"), select);
    all.value = "";
    kind.communities.forEach((group, at) => {
      const option = element("option", `${symbol(at)} ${title(at)} (${count(group[2])})`, select);
      option.value = String(at);
      if (at < data.most) {
        const item = element("li", undefined, legend);
        const mark = element("span", symbol(at), item);
        mark.style.color = `var(${colour(at)})`;
        mark.setAttribute("aria-hidden", "true");
        item.append(` ${title(at)}`);
      }
    });
    if (kind.communities.length > data.most) {
      const item = element("li", undefined, legend);
      const mark = element("span", "●", item);
      mark.style.color = `var(${data.other})`;
      item.append(` ${say("smaller circles", "较小的圈子")}`);
    }
    select.value = wanted;
  }

  // colours of the style sheet, for the scheme that is on
  function paint() {
    const [people, lines, labels] = marks;
    nodes.data = {...nodes.data, colour: shown.map((at) => drawn(colour(kind.people[at][3])))};
    people.glyph.setv({line_color: drawn("--paper")});
    people.selection_glyph.setv({line_color: drawn("--ink")});
    lines.glyph.setv({line_color: drawn("--ink")});
    lines.selection_glyph.setv({line_color: drawn("--vermilion")});
    lines.nonselection_glyph.setv({line_color: drawn("--ink")});
    people.nonselection_glyph.setv({line_color: drawn("--paper")});
    labels.glyph.setv({text_color: drawn("--ink"), background_fill_color: drawn("--paper")});
  }

  function draw() {
    const wanted = find("community").value;
    const visible = new Set();
    shown = [];
    kind.people.forEach((person, at) => {
      if (wanted === "" || person[3] === Number(wanted)) {
        visible.add(at);
        shown.push(at);
      }
    });
    ties = [];
    kind.ties.forEach((tie, at) => {
      if (visible.has(tie[0]) && visible.has(tie[1])) ties.push(at);
    });
    const scale = root.clientWidth < 500 ? 0.6 : 1;
    const top = Math.max(...kind.people.map((person) => person[10]), 1e-9);
    const of = (pick) => shown.map((at) => pick(kind.people[at], at));
    pick({});
    // the most influential last, so that they lie on top
    shown.reverse();
    nodes.data = {
      x: of((p) => p[1]), y: of((p) => p[2]),
      size: of((p) => scale * (4 + 20 * Math.sqrt(p[10] / top))),
      colour: of((p) => drawn(colour(p[3]))), shape: of((p) => shape(p[3])),
      user: of((p) => p[0]), community: of((p) => title(p[3])),
      rank: of(rank),
      neighbours: of((p) => p[7]), at: of((p, at) => at),
    };
    const end = (which, field) => ties.map((at) => kind.people[kind.ties[at][which]][field]);
    const most = Math.max(...ties.map((at) => kind.ties[at][2]), 1e-9);
    edges.data = {
      x0: end(0, 1), y0: end(0, 2), x1: end(1, 1), y1: end(1, 2),
      width: ties.map((at) => 0.4 + 2.2 * kind.ties[at][2] / most), at: ties,
    };
    page = 0;
    nameCircles();
    fillTable();
    tellStatus();
  }

  // each of the larger circles by its name, where most of its people lie
  function nameCircles() {
    const places = new Map();
    for (const at of shown) {
      const [, x, y, group] = kind.people[at];
      if (group < 0 || group >= data.most) continue;
      if (!places.has(group)) places.set(group, [[], []]);
      places.get(group)[0].push(x);
      places.get(group)[1].push(y);
    }
    const middle = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
    const stage = document.getElementById("network-plot");
    const [wide, high] = [stage.clientWidth / 2.2, stage.clientHeight / 2.2];
    const found = [];
    // the larger circles first; a name that would cover another is left to the legend
    for (const [group, [xs, ys]] of [...places].sort(([a], [b]) => a - b)) {
      const name = title(group).split(" #")[0].slice(0, 18);
      const [x, y] = [middle(xs), middle(ys)];
      const covers = (other) => Math.abs(other.x - x) * wide < 4 * (name.length + other.name.length) + 8
        && Math.abs(other.y - y) * high < 20;
      if (xs.length >= 5 && !found.some(covers)) found.push({x, y, name});
    }
    names.data = {
      x: found.map((one) => one.x), y: found.map((one) => one.y), name: found.map((one) => one.name),
    };
  }

  function tellStatus() {
    const wanted = find("community").value;
    const all = wanted === "" ? kind.all_people : kind.communities[Number(wanted)][2];
    const cut = shown.length < all;
    const cutTies = wanted === "" && ties.length < kind.all_ties;
    const people = count(shown.length), lines = count(ties.length);
    find("status").textContent = say(
      (cut ? `${people} of ${count(all)} people (the most central)` : `${people} people`) +
        (cutTies ? ` and ${lines} of ${count(kind.all_ties)} ties (the strongest between them)` : ` and ${lines} ties`) +
        " shown" + (kind.people.length < kind.all_people ? "; --people 0 writes a page with all people" : ""),
      (cut ? `显示 ${count(all)} 人中最核心的 ${people} 人` : `显示 ${people} 人`) +
        (cutTies ? `、${count(kind.all_ties)} 条关系中他们之间最强的 ${lines} 条` : `、${lines} 条关系`) +
        (kind.people.length < kind.all_people ? "；用 --people 0 可写出包含所有人的页面" : ""));
  }

  function fillTable() {
    const body = find("rows");
    body.replaceChildren();
    const ordered = [...shown].sort((a, b) => a - b);
    const pages = Math.max(1, Math.ceil(ordered.length / PAGE));
    page = Math.min(Math.max(page, 0), pages - 1);
    for (const at of ordered.slice(page * PAGE, (page + 1) * PAGE)) {
      const person = kind.people[at];
      const row = element("tr", undefined, body);
      const head = element("th", undefined, row);
      head.scope = "row";
      const button = element("button", person[0], head);
      button.type = "button";
      button.addEventListener("click", () => choose(at));
      element("td", `${symbol(person[3])} ${title(person[3])}`, row);
      for (const text of [rank(person), count(person[7]), person[8] === null ? "–" : count(person[8])]) {
        element("td", text, row).className = "number";
      }
    }
    find("page").textContent = `${page + 1} / ${pages}`;
    find("previous").disabled = page === 0;
    find("next").disabled = page >= pages - 1;
  }

  function listPosts(tie, parent) {
    const list = element("ul", undefined, parent);
    for (const at of tie[5]) {
      const post = data.posts[at];
      const item = element("li", undefined, list);
      const likes = post[2] === null ? "–" : `${post[3] ? "≥ " : ""}${count(post[2])}`;
      element("bdi", post[4] || say("(no title)", "（无标题）"), item);
      item.append(` · ${post[1]} · ${likes} ${say("likes", "赞")} · `);
      element("code", post[0], item);
    }
    if (tie[4] > tie[5].length) {
      element("li", say(`and ${count(tie[4] - tie[5].length)} more posts`,
        `以及另外 ${count(tie[4] - tie[5].length)} 篇帖子`), list);
    }
  }

  function tieLine(tie, parent, from) {
    const other = from === undefined ? `${kind.people[tie[0]][0]} – ${kind.people[tie[1]][0]}`
      : kind.people[tie[0] === from ? tie[1] : tie[0]][0];
    const line = element("p", undefined, parent);
    element("code", other, line);
    const tags = tie[6].map((at) => `#${kind.tags[at]}`).join(" ");
    line.append(" · " + (tags ? "" : say(`${count(tie[3])} ${tie[3] === 1 ? "reply" : "replies"}`, `${count(tie[3])} 次回复`)));
    if (tags) element("bdi", tags, line);
    listPosts(tie, parent);
  }

  function showPerson(at, panel) {
    const person = kind.people[at];
    const head = element("h4", undefined, panel);
    element("code", person[0], head);
    element("p", say(
      `${title(person[3])}; rank ${rank(person)}, ${count(person[7])} neighbours`,
      `${title(person[3])}；排名 ${rank(person)}，${count(person[7])} 位邻居`), panel);
    const mine = kind.ties.filter((tie) => tie[0] === at || tie[1] === at);
    for (const tie of mine.slice(0, 8)) tieLine(tie, panel, at);
    if (mine.length > 8) {
      element("p", say(`and ${count(mine.length - 8)} more ties`, `以及另外 ${count(mine.length - 8)} 条关系`), panel);
    }
  }

  function showTie(at, panel) {
    element("h4", say("The posts behind this tie", "这条关系背后的帖子"), panel);
    tieLine(kind.ties[at], panel);
  }

  function tellPicked() {
    const panel = find("panel");
    panel.replaceChildren();
    if (picked.person !== undefined) showPerson(picked.person, panel);
    if (picked.tie !== undefined) showTie(picked.tie, panel);
  }

  function pick(what) {
    picked = what;
    const people = new Set(what.people || []), lines = new Set();
    if (what.tie !== undefined) lines.add(what.tie);
    if (what.person !== undefined) {
      people.add(what.person);
      for (const at of ties) {
        const [low, high] = kind.ties[at];
        if (low !== what.person && high !== what.person) continue;
        lines.add(at);
        people.add(low).add(high);
      }
    }
    const places = (all, wanted) => all.flatMap((at, place) => (wanted.has(at) ? [place] : []));
    nodes.selected.indices = places(shown, people);
    edges.selected.indices = places(ties, lines);
    tellPicked();
  }

  // the person under a tap, else the nearest line within reach, else nothing
  function tap(event) {
    const stage = document.getElementById("network-plot");
    const right = stage.clientWidth / (across.end - across.start);
    const upwards = stage.clientHeight / (up.end - up.start);
    let best = 1, what = {};
    const {x, y, size} = nodes.data;
    for (let i = 0; i < x.length; i += 1) {
      const off = Math.hypot((x[i] - event.x) * right, (y[i] - event.y) * upwards) / (size[i] / 2 + 2);
      if (off <= best) [best, what] = [off, {person: shown[i]}];
    }
    if (what.person === undefined) {
      const {x0, y0, x1, y1} = edges.data;
      best = REACH;
      for (let i = 0; i < x0.length; i += 1) {
        const fromX = (x0[i] - event.x) * right, fromY = (y0[i] - event.y) * upwards;
        const alongX = (x1[i] - x0[i]) * right, alongY = (y1[i] - y0[i]) * upwards;
        const length = alongX ** 2 + alongY ** 2;
        const part = length ? Math.min(1, Math.max(0, -(fromX * alongX + fromY * alongY) / length)) : 0;
        const off = Math.hypot(fromX + part * alongX, fromY + part * alongY);
        if (off < best) [best, what] = [off, {tie: ties[i]}];
      }
    }
    pick(what);
  }

  function zoom(factor) {
    for (const range of [across, up]) {
      const middle = (range.start + range.end) / 2;
      const half = (range.end - range.start) / 2 * factor;
      range.setv({start: middle - half, end: middle + half});
    }
  }

  function reset() {
    across.setv({start: -1.1, end: 1.1});
    up.setv({start: -1.1, end: 1.1});
  }

  function choose(at) {
    const person = kind.people[at];
    if (!shown.includes(at)) return;
    const half = Math.min((across.end - across.start) / 2, 0.35);
    across.setv({start: person[1] - half, end: person[1] + half});
    up.setv({start: person[2] - half, end: person[2] + half});
    pick({person: at});
  }

  function tellFound(words) {
    found = words;
    find("found").textContent = found();
  }

  // a pseudonym by its beginning, a circle by its name, or a shared hashtag
  function search() {
    const wanted = find("search").value.trim().toLowerCase();
    tellFound(() => "");
    pick({});
    if (!wanted) return;
    const everyone = kind.people.map((p, at) => at);
    const person = everyone.filter((at) => kind.people[at][0].startsWith(wanted));
    const named = kind.communities.flatMap((group, at) => title(at).toLowerCase().includes(wanted) ? [at] : []);
    const tag = wanted.replace(/^#/, "");
    const tags = new Set(kind.tags.flatMap((one, at) => (one.toLowerCase().includes(tag) ? [at] : [])));
    const tied = new Set(kind.ties.flatMap((tie) => (tie[6].some((at) => tags.has(at)) ? tie.slice(0, 2) : [])));
    const hits = person.length ? person : everyone.filter((at) => named.includes(kind.people[at][3]) || tied.has(at));
    if (!hits.length) {
      tellFound(() => say("nobody here: no pseudonym, circle or hashtag is called so", "没有：无此假名、圈子或话题标签"));
      return;
    }
    tellFound(() => say(`${count(hits.length)} found`, `找到 ${count(hits.length)} 人`));
    if (!hits.some((at) => shown.includes(at))) {
      find("community").value = "";
      draw();
    }
    if (person.length === 1) choose(person[0]);
    else pick({people: hits});
  }

  function setKind() {
    kind = data.kinds.find((one) => one.kind === find("kind").value) || data.kinds[0];
    find("community").value = "";
    wordKinds();
    fillCommunities();
    tellFound(() => "");
    reset();
    draw();
  }

  // another language changes words, and nothing that was chosen
  function reword() {
    wordKinds();
    fillCommunities();
    nameCircles();
    tellStatus();
    tellPicked();
    tellFound(found);
  }

  async function start() {
    if (started) return;
    started = true;
    data = json("network-data");
    await Bokeh.embed.embed_item(json("network-item"));
    const page_document = Bokeh.documents[Bokeh.documents.length - 1];
    const model = (name) => page_document.get_model_by_name(name);
    [nodes, edges, names, across, up] = ["nodes", "edges", "names", "across", "up"].map(model);
    marks = ["people", "ties", "labels"].map(model);
    page_document.on_event("tap", (_, event) => tap(event));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
    find("kind").addEventListener("change", setKind);
    find("community").addEventListener("change", draw);
    find("form").addEventListener("submit", (event) => { event.preventDefault(); search(); });
    find("closer").addEventListener("click", () => zoom(0.6));
    find("farther").addEventListener("click", () => zoom(1 / 0.6));
    find("reset").addEventListener("click", () => { reset(); pick({}); });
    find("previous").addEventListener("click", () => { page -= 1; fillTable(); });
    find("next").addEventListener("click", () => { page += 1; fillTable(); });
    for (const radio of document.querySelectorAll('input[name="language"]')) {
      radio.addEventListener("change", reword);
    }
    setKind();
    paint();
    root.dataset.ready = "true";
  }

  new IntersectionObserver((entries, observer) => {
    if (entries.some((entry) => entry.isIntersecting)) {
      observer.disconnect();
      start();
    }
  }, {rootMargin: "600px"}).observe(root);
})();
