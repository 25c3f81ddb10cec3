// Lights sentences of the article up: the evidence of the newest answer, what a citation, figure or passage points at,
// and the twin in the other language of the sentence that is pointed at.
() => {
  const POINTERS = ".citation, .figure, .passage, .pointer";
  const STEPS = { ArrowDown: 1, ArrowUp: -1 };
  let awaited = null; // the button whose article is being opened

  const sentencesOf = (button) => {
    const { article, language, start, end } = button.dataset;
    const first = Number(start);
    const last = end ? Number(end) : first + 1;
    const version = document.querySelector(`#article-${language} article[data-article="${CSS.escape(article)}"]`);
    if (!version) return [];
    const sentences = [...version.querySelectorAll("[data-sentence]")];
    return sentences.filter((sentence, index) => {
      const next = sentences[index + 1];
      return Number(sentence.dataset.start) < last && (!next || first < Number(next.dataset.start));
    });
  };

  const withTwins = (sentences) => {
    const beads = sentences.filter((sentence) => sentence.dataset.bead).map((sentence) => sentence.dataset.bead);
    const twins = [...document.querySelectorAll(".version [data-bead]")];
    return [...sentences, ...twins.filter((twin) => beads.includes(twin.dataset.bead))];
  };

  const mark = (attribute, sentences) => {
    document.querySelectorAll(`[${attribute}]`).forEach((sentence) => sentence.removeAttribute(attribute));
    sentences.forEach((sentence) => sentence.setAttribute(attribute, "true"));
  };

  // Where a sentence's character stands, as text and offset into it; readings above the words don't count.
  const placeIn = (sentence, characters) => {
    const texts = document.createTreeWalker(sentence, NodeFilter.SHOW_TEXT);
    let place = [sentence, 0];
    let left = Math.max(0, characters);
    while (texts.nextNode()) {
      const text = texts.currentNode;
      if (text.parentElement.closest("rt")) continue;
      const before = [...text.data].slice(0, left);
      place = [text, before.join("").length];
      left -= before.length;
      if (!left) break;
    }
    return place;
  };

  // The exact words, where the browser can mark a part of an element's text.
  const markWords = (button, sentences) => {
    if (!window.Highlight || !window.CSS.highlights) return;
    const { start, end } = button.dataset;
    const ranges = !end || button.matches(".passage") ? [] : sentences.map((sentence) => {
      const range = new Range();
      range.setStart(...placeIn(sentence, Number(start) - Number(sentence.dataset.start)));
      range.setEnd(...placeIn(sentence, Number(end) - Number(sentence.dataset.start)));
      return range;
    });
    CSS.highlights.set("words", new Highlight(...ranges));
  };

  const scrollTo = (sentence) => {
    const version = sentence.closest(".block.version");
    const above = sentence.getBoundingClientRect().top - version.getBoundingClientRect().top;
    version.scrollBy({ top: above - version.clientHeight / 3, behavior: "smooth" });
    return getComputedStyle(version).maxHeight === "none" ? sentence : version; // what is left to be brought into view
  };

  const lightUp = (button) => {
    const sentences = sentencesOf(button);
    if (!sentences.length) return false;
    const all = withTwins(sentences);
    mark("data-lit", all);
    markWords(button, sentences);
    showTab("reading");
    const twin = all.find((sentence) => sentence.closest("article") !== sentences[0].closest("article"));
    if (twin) scrollTo(twin);
    scrollTo(sentences[0]).scrollIntoView({ behavior: "smooth", block: "nearest" });
    return true;
  };

  const open = (article) => {
    document.body.dataset.cited = article; // read by the hidden button's own event
    document.querySelector("#open-cited").click();
  };

  const showEvidence = () => {
    const answers = document.querySelectorAll("#chat .answer");
    const newest = answers[answers.length - 1];
    const passages = newest ? [...newest.querySelectorAll(".passage")] : [];
    mark("data-evidence", passages.flatMap(sentencesOf));
  };

  const box = () => document.querySelector("#question textarea");

  // Where there is room for one side alone, these two choose which (`page.css`).
  // Gradio makes both anew at times, so which one is chosen is kept here.
  let chosen = "reading";
  const showTab = (tab) => {
    chosen = tab;
    document.querySelector("#room")?.setAttribute("data-tab", tab);
    const press = (button) => button.setAttribute("aria-pressed", String(button.dataset.tab === tab));
    document.querySelectorAll(".tabs button").forEach(press);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".tabs button");
    if (button) showTab(button.dataset.tab);
    else if (event.target.closest("#ask, #suggestions button")) showTab("talking");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target === box()) showTab("talking");
  });

  // The box stays above a keyboard that is drawn on the screen.
  const aboveKeyboard = () => {
    const { height, offsetTop } = window.visualViewport;
    const covered = Math.max(0, window.innerHeight - height - offsetTop);
    document.documentElement.style.setProperty("--covered", `${covered}px`);
  };
  ["resize", "scroll"].forEach((type) => window.visualViewport?.addEventListener(type, aboveKeyboard));

  const isCovered = () => document.querySelector(":popover-open, dialog[open]") !== null;
  const actions = { again: "#again", edit: "#edit" };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("#chat .actions button");
    if (!button) return;
    if (actions[button.className]) document.querySelector(actions[button.className]).click();
    const { back, noted } = button.dataset;
    if (!noted) return;
    const note = (isKept) => {
      if (isKept) button.textContent = noted;
      button.disabled = isKept;
    };
    window.reported = { value: `${back} ${button.className.replace("wrong_", "")}`, note }; // read by the hidden button's own event
    document.querySelector("#report").click();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const isTyping = event.target.matches("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && !isCovered() && isAnswering()) {
      document.querySelector("#stop").click();
    } else if (event.key === "ArrowUp" && event.target === box() && !box().value) {
      document.querySelector("#edit").click();
    } else if (event.key === "/" && !isTyping && !isCovered()) {
      box().focus();
    } else if (event.key === "?" && !isTyping && !isCovered()) {
      document.querySelector("#keys").showModal();
    } else {
      return;
    }
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest(POINTERS);
    if (!button || lightUp(button)) return;
    awaited = button;
    open(button.dataset.article);
  });

  // How a question was understood goes into the box, to be corrected.
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".correct");
    if (!button) return;
    box().value = button.dataset.question;
    box().dispatchEvent(new Event("input", { bubbles: true }));
    box().focus();
  });

  // Copies what a button or link stands for, and says so on it.
  const copied = async (place, text) => {
    if (!navigator.clipboard) window.prompt("", text); // by plain http, from another machine
    else await navigator.clipboard.writeText(text);
    const label = (place.dataset.label ??= place.textContent);
    place.textContent = place.dataset.copied;
    setTimeout(() => (place.textContent = label), 1500);
  };

  // A copied answer has the sentences it cites with it; the bookmarklet is none for this page itself.
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".copy, a.bookmarklet");
    if (!button) return;
    event.preventDefault();
    copied(button, button.dataset.copy ?? button.href);
  });

  const showTwins = (event) => {
    const at = event.target.closest?.(`[data-bead], ${POINTERS}`) ?? document.activeElement.closest("[data-bead]");
    if (!at) mark("data-twin", []);
    else mark("data-twin", withTwins(at.dataset.sentence ? [at] : sentencesOf(at)));
  };
  ["mouseover", "focusin", "focusout"].forEach((type) => document.addEventListener(type, showTwins));

  // Arrows go from sentence to sentence, and to the twin.
  document.addEventListener("keydown", (event) => {
    const sentence = event.target.closest?.("[data-bead]");
    if (!sentence || event.ctrlKey || event.altKey || event.metaKey) return;
    const others = [...sentence.closest("article").querySelectorAll("[data-bead]")];
    const isSideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    const next = isSideways
      ? withTwins([sentence]).find((twin) => twin.closest("article") !== sentence.closest("article"))
      : others[others.indexOf(sentence) + STEPS[event.key]];
    if (!next) return;
    event.preventDefault();
    next.closest("article").querySelectorAll("[tabindex='0']").forEach((one) => one.setAttribute("tabindex", "-1"));
    next.setAttribute("tabindex", "0");
    next.focus();
  });

  // An Enter that only confirms what an input method has converted doesn't send the question.
  const keepIn = (event) => {
    if (event.key !== "Enter" || !(event.isComposing || event.keyCode === 229)) return;
    event.stopPropagation();
    if (event.type === "keypress") event.preventDefault();
  };
  ["keydown", "keypress"].forEach((type) => document.addEventListener(type, keepIn, true));

  // One question at a time: while an answer comes, what would ask another, or take one back, is told to wait; what is
  // typed stays in the box. An answer that Stop doesn't end has lost its server, and holds nothing up.
  const ASKS = "#ask, #ask-for, #again, #edit, #suggestions button";
  let until = Infinity; // in milliseconds: when it holds nothing up any more
  const isAnswering = () => document.querySelector("#chat .answer:not([data-finished])") !== null;
  const isSent = ({ key, shiftKey, isComposing, keyCode }) =>
    key === "Enter" && !shiftKey && !isComposing && keyCode !== 229;
  const hold = (event) => {
    if (event.type === "click" && event.target.closest("#stop")) until = Math.min(until, performance.now() + 3000);
    const isAsking = event.type === "click" ? event.target.closest(ASKS) : event.target === box() && isSent(event);
    if (!isAsking || !isAnswering() || performance.now() > until) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat) document.querySelector("#held").click();
  };
  ["click", "keydown", "keypress"].forEach((type) => document.addEventListener(type, hold, true));

  // Gradio itself says what goes wrong in English alone; what is not here stays as it is.
  const IN_JAPANESE = [
    [/^Error$/, "エラー"],
    [/^Warning$/, "注意"],
    [/^Info$/, "お知らせ"],
    [/^Connection to the server was lost\..*$/, "サーバーとの接続が切れました。接続し直しています…"],
    [/^Connection errored out\..*$/, "サーバーと通信できませんでした。もう一度お試しください。"],
    [/^This application is currently busy\..*$/, "混み合っています。しばらくしてからもう一度お試しください。"],
    [
      /^File\(s\) exceed the maximum allowed size of ([\d.]+ \w+): (.*)$/,
      "ファイルが大きすぎます（読めるのは$1まで）：$2。記事の本文だけを保存し直してください。",
    ],
    [/^Invalid file types?: (.*)\. Only (.*) allowed\.$/, "読めない種類のファイルです：$1。$2 のどれかを選んでください。"],
  ];
  const translateToasts = () => {
    if (!document.querySelector("#language input[value='ja']")?.checked) return;
    document.querySelectorAll(".toast-title, [data-testid='toast-text']").forEach((place) => {
      [...place.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).forEach((node) => {
        const found = IN_JAPANESE.find(([english]) => english.test(node.data.trim()));
        if (found) node.data = node.data.trim().replace(...found);
      });
    });
  };

  // The bookmarklet, which runs on other pages: hands the one it is pressed on over to the assistant, at `place`.
  const handOver = (place, token, failed) => {
    const tab = window.open(`${place}#handed-over`);
    if (!tab) {
      alert(failed);
      return;
    }
    const handed = { token, address: location.href, page: document.documentElement.outerHTML };
    let left = 80;
    const end = () => {
      clearInterval(timer);
      window.removeEventListener("message", hear);
    };
    const send = () => {
      if (tab.closed) end(); // by the user, or it can't be reached from here and says so itself
      else if (left--) tab.postMessage(handed, new URL(place).origin);
      else {
        end();
        alert(failed);
      }
    };
    const hear = (event) => {
      if (event.source === tab && event.data === "article-assistant received") end();
    };
    const timer = setInterval(send, 500);
    window.addEventListener("message", hear);
  };
  const secret = () => document.querySelector("header[data-token]")?.dataset.token; // once the page has opened
  const makeBookmarklet = () => {
    const link = document.querySelector("a.bookmarklet[href='#']");
    if (!link || !secret()) return;
    const place = location.origin + location.pathname;
    const values = [place, secret(), link.dataset.failed.replace("{place}", place)];
    link.href = `javascript:${encodeURIComponent(`(${handOver})(${values.map((value) => JSON.stringify(value))})`)}`;
  };

  // What is handed over is looked at only with this installation's secret.
  const opened = async () => {
    while (!secret()) await new Promise((next) => setTimeout(next, 100));
  };
  const take = (token, address, page) => {
    window.handedOver = [token, address, page]; // read by the hidden button's own event
    document.querySelector("#take-handed-over").click();
  };
  const slim = (page) => {
    const parsed = new DOMParser().parseFromString(page, "text/html");
    parsed.querySelectorAll("script:not([type*='json']), svg, canvas").forEach((part) => part.remove());
    parsed.querySelectorAll("[src^='data:'], [srcset]").forEach((picture) => {
      picture.removeAttribute("src");
      picture.removeAttribute("srcset");
    });
    return parsed.documentElement.outerHTML;
  };
  const awaitHandOver = async () => {
    const sender = window.opener;
    await opened();
    if (!sender) {
      take("", "", ""); // its page keeps itself apart from others, which is told
      return;
    }
    const hear = ({ source, origin, data }) => {
      if (source !== sender || data?.token !== secret()) return;
      if (typeof data.address !== "string" || typeof data.page !== "string") return;
      window.removeEventListener("message", hear);
      sender.postMessage("article-assistant received", origin === "null" ? "*" : origin);
      take(data.token, data.address, slim(data.page));
    };
    window.addEventListener("message", hear);
  };
  if (location.hash === "#handed-over") {
    history.replaceState(null, "", location.pathname + location.search);
    awaitHandOver();
  }

  let evidenceKey = "";
  const observer = new MutationObserver(() => {
    translateToasts();
    makeBookmarklet();
    if (!isAnswering()) until = Infinity;
    const room = document.querySelector("#room");
    if (room && (room.dataset.tab !== chosen || !document.querySelector(".tabs [aria-pressed]"))) showTab(chosen);
    if (awaited && lightUp(awaited)) awaited = null;
    const answers = document.querySelectorAll("#chat .answer");
    const shown = [...document.querySelectorAll(".version article")].map((version) => version.dataset.article);
    const newest = answers[answers.length - 1];
    const starts = newest ? [...newest.querySelectorAll(".passage")].map((passage) => passage.dataset.start) : [];
    const linked = document.querySelectorAll("[data-bead]").length;
    const key = [answers.length, linked, ...shown, ...starts].join(" ");
    if (key === evidenceKey) return;
    evidenceKey = key;
    showEvidence();
  });
  observer.observe(document.body, { childList: true, subtree: true });
}
