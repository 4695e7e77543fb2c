"use strict";
// The secret is in a cookie by now: it need not stay where a shared screen or a picture of it would show it.
history.replaceState(null, "", "/");

const terminal = document.getElementById("terminal");
const scheme = location.protocol === "https:" ? "wss:" : "ws:";
terminal.dataset.sessionWebsocketUrl = `${scheme}//${location.host}/ws`;

// Two panes stand side by side from 100 columns on: a narrow window has smaller letters rather than one pane only.
// A letter is 0.6 as wide as it is high.
terminal.dataset.fontSize = String(Math.min(16, Math.max(9, Math.floor((innerWidth - 15) / 60))));

document.getElementById("again").addEventListener("click", () => location.reload());

// Whoever comes to the page can type at once.
new MutationObserver((_, observer) => {
  const typing = document.querySelector(".xterm-helper-textarea");
  if (typing && document.body.classList.contains("-first-byte")) {
    observer.disconnect();
    typing.focus();
  }
}).observe(document.body, { attributes: true, attributeFilter: ["class"] });
