
"use strict";
(() => {
  // What was said comes as data and is shown as text: nothing of it is ever taken for a page's own.
  const by = (id) => document.getElementById(id);
  const head = JSON.parse(by("head").textContent);
  const said = JSON.parse(by("said").textContent);
  const talk = by("talk"), seek = by("seek"), play = by("play"), speed = by("speed"), marks = by("marks");

  const made = (name, kind, text) => {
    const element = document.createElement(name);
    if (kind) element.className = kind;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const seat = (number) => `seat-${number % 8}`;
  const clock = (ms) => {
    const seconds = Math.floor(ms / 1000), minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60);
    const two = (number) => String(number).padStart(2, "0");
    return hours ? `${hours}:${two(minutes % 60)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
  };

  // The page as it is read ------------------------------------------------------------------------------------------

  document.title = head.title;
  by("title").textContent = head.title;
  for (const agent of head.cast) {
    const line = made("li", seat(agent.seat));
    line.append(agent.mark, " ", made("strong", "", agent.name), " ", made("span", "model", agent.model));
    by("cast").append(line);
  }
  by("facts").textContent = head.facts;
  if (head.note) by("facts").after(made("p", "note", head.note));

  // A council: folded, with all that was said in it; councils within it again so.
  const council = (one) => {
    const folded = made("details", "council"), summary = made("summary", "", one.name);
    if (one.seat) folded.classList.add(seat(one.seat));
    if (one.about) summary.append(made("span", "when", one.about));
    folded.append(summary);
    for (const inner of one.said) {
      if (inner.k === "council") { folded.append(council(inner)); continue; }
      if (inner.k === "notice" || inner.k === "round") { folded.append(made("p", inner.k, inner.text)); continue; }
      const element = made("article", inner.k), heading = made("h3");
      if (inner.screen) element.classList.add("screen");
      if (inner.seat) element.classList.add(seat(inner.seat));
      heading.append(made("span", "name", inner.name), made("span", "when", inner.about));
      element.append(heading, made("div", "text", inner.text));
      folded.append(element);
    }
    return folded;
  };

  // One for each that was said: its element, its text, when it begins and ends (ms), and how its text came. What is
  // noticed while somebody speaks stands before the turn: a piece is never shown before those above it.
  const pieces = [];
  // They stand in groups, so that a browser lays out no more of thousands than is in sight.
  const GROUP = 50;
  let reached = 0, turns = 0, group = null;
  for (const one of said) {
    reached = Math.max(reached, one.from);
    if (one.k === "end") break;
    const plain = one.k === "notice" || one.k === "round";
    const element = one.k === "council" ? council(one) : made(plain ? "p" : "article", one.k);
    const text = plain ? element : made("div", "text");
    if (one.k !== "council") text.textContent = one.text;
    if (!plain && one.k !== "council") {
      const heading = made("h2");
      if (one.seat) element.classList.add(seat(one.seat));
      if (one.screen) element.classList.add("screen");
      heading.append(made("span", "name", one.name), made("span", "when", one.about));
      const from = made("button", "from", "▶\uFE0E from here");
      from.type = "button";
      const place = pieces.length;
      from.addEventListener("click", () => start(pieces[place].reveal));
      heading.append(from);
      element.append(heading, text);
      if (one.note) element.append(made("p", "note", one.note));
    }
    if (pieces.length % GROUP === 0) {
      group = made("section");
      talk.append(group);
    }
    group.append(element);
    if (one.k === "turn") turns += 1;
    pieces.push({
      element, group: pieces.length % GROUP === 0 ? group : null, text, turn: turns, whole: one.text ?? "", streamed: one.streamed ?? one.text ?? "", chunks: one.chunks ?? [],
      from: one.from, to: Math.max(reached, one.to ?? one.from), reveal: reached, counts: one.k === "turn",
      seat: one.seat ?? 0,
    });
  }
  const length = reached;

  // The page as it was ----------------------------------------------------------------------------------------------

  let now = length, shown = pieces.length, partial = null, playing = false, follows = true, before = 0;

  const placeOf = (time) => {
    let low = 0, high = pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pieces[middle].reveal <= time) low = middle + 1; else high = middle;
    }
    return low;
  };

  const finish = () => {
    if (partial === null) return;
    partial.text.textContent = partial.whole;
    partial.element.classList.remove("speaking");
    partial = null;
  };

  const speak = (piece) => {
    if (partial !== piece) {
      finish();
      partial = piece;
      piece.element.classList.add("speaking");
    }
    let at = piece.from, letters = 0;
    for (let index = 0; index < piece.chunks.length; index += 2) {
      at += piece.chunks[index];
      if (at > now) break;
      letters += piece.chunks[index + 1];
    }
    const heard = piece.streamed.slice(0, letters);
    if (piece.text.textContent !== heard) piece.text.textContent = heard;
  };

  const later = (piece, is) => {
    piece.element.classList.toggle("later", is);
    if (piece.group !== null) piece.group.classList.toggle("later", is);
  };

  const show = (time) => {
    now = Math.min(Math.max(0, time), length);
    const whole = now >= length;
    const count = whole ? pieces.length : placeOf(now);
    for (; shown < count; shown += 1) later(pieces[shown], false);
    for (; shown > count; shown -= 1) later(pieces[shown - 1], true);
    const last = pieces[count - 1];
    if (last !== undefined && !whole && now < last.to) speak(last); else finish();
    seek.value = now;
    const turn = last === undefined ? 0 : last.turn;
    by("place").textContent = `turn ${turn} of ${turns} · ${clock(now)} of ${clock(length)}`;
    seek.setAttribute("aria-valuetext", by("place").textContent);
    if (playing && follows) toLast();
  };

  // What is still to come takes no room.
  const toLast = () => scrollTo({ top: document.documentElement.scrollHeight });

  const frame = (time) => {
    if (!playing) return;
    const passed = Math.max(0, time - before) * Number(speed.value);
    before = time;
    show(now + passed);
    if (now >= length) stop(); else requestAnimationFrame(frame);
  };

  const stop = () => {
    playing = false;
    play.textContent = "▶\uFE0E";
    play.setAttribute("aria-label", "Play");
    document.documentElement.dataset.state = now >= length ? "end" : "paused";
  };

  const start = (from) => {
    playing = true;
    follows = true;
    play.textContent = "❚❚";
    play.setAttribute("aria-label", "Pause");
    document.documentElement.dataset.state = "playing";
    show(from);
    before = performance.now();
    requestAnimationFrame(frame);
  };

  const toggle = () => { if (playing) stop(); else start(now >= length ? 0 : now); };
  const jump = (turn) => {
    const there = pieces.find((piece) => piece.counts && piece.turn === turn);
    show(turn < 1 ? 0 : there === undefined ? length : there.reveal);
    toLast();
    if (!playing) stop();
  };

  const draw = () => {
    const wide = marks.clientWidth, high = marks.clientHeight, scale = window.devicePixelRatio || 1;
    marks.width = wide * scale;
    marks.height = high * scale;
    const pen = marks.getContext("2d");
    pen.scale(scale, scale);
    const colours = new Map();
    for (const piece of pieces) {
      if (!piece.counts) continue;
      if (!colours.has(piece.seat)) {
        colours.set(piece.seat, getComputedStyle(piece.element).getPropertyValue("--seat") || "gray");
      }
      pen.fillStyle = colours.get(piece.seat);
      // The knob of the bar keeps half its width from both ends.
      pen.fillRect(8 + (wide - 16) * piece.reveal / (length || 1) - 1, 0, 2, high);
    }
  };

  for (const factor of [0.5, 1, 2, 4, 8, 16, 32, 64]) {
    const option = made("option", "", factor === 0.5 ? "½×" : `${factor}×`);
    option.value = factor;
    option.selected = factor === 1;
    speed.append(option);
  }
  seek.max = length;
  play.addEventListener("click", toggle);
  by("all").addEventListener("click", () => { stop(); show(length); stop(); });
  seek.addEventListener("input", () => { show(Number(seek.value)); toLast(); if (!playing) stop(); });
  by("mono").addEventListener("click", () => {
    by("mono").setAttribute("aria-pressed", document.documentElement.classList.toggle("mono"));
  });
  // Whoever scrolls up reads; back at the bottom, the page goes along again.
  const looked = () => { follows = scrollY + innerHeight > document.documentElement.scrollHeight - 80; };
  for (const kind of ["wheel", "touchmove"]) addEventListener(kind, () => setTimeout(looked, 150), { passive: true });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|BUTTON)$/.test(event.target.tagName)) return;
    const turn = shown ? pieces[shown - 1].turn : 0;
    if (event.key === " ") toggle();
    else if (event.key === "ArrowRight") jump(turn + 1);
    else if (event.key === "ArrowLeft") jump(turn - 1);
    else return;
    event.preventDefault();
  });
  addEventListener("resize", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  addEventListener("beforeprint", () => { stop(); finish(); });
  by("transport").hidden = pieces.length === 0;
  show(length);
  stop();
  draw();
})();
