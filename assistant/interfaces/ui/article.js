// How the article is shown, as the bar above it says and the browser remembers: which versions, how large, with
// readings above the kanji, and read aloud. Also asks what a button anywhere on the page stands for.
() => {
  const KEPT = "article-assistant-reading";
  const SIZES = [85, 100, 115, 130, 150]; // percent
  const kept = () => {
    try {
      return JSON.parse(localStorage.getItem(KEPT)) ?? {};
    } catch {
      return {}; // no storage, or something else in it
    }
  };
  let chosen = { shown: "both", size: 100, furigana: false, ...kept() };
  if (!SIZES.includes(chosen.size)) chosen.size = 100;

  const bar = () => document.querySelector(".comfort");
  const press = (button, isPressed) => button.setAttribute("aria-pressed", String(isPressed));

  // Readings are put above the words only while they are wanted: without them a sentence is plain text.
  const withReadings = (sentence) => {
    const letters = [...sentence.textContent];
    const pieces = [];
    let at = 0;
    for (const reading of sentence.dataset.readings.split(" ")) {
      const [start, count, kana] = reading.split(":");
      const until = Number(start) + Number(count);
      const ruby = document.createElement("ruby");
      const above = document.createElement("rt");
      above.textContent = kana;
      above.ariaHidden = "true";
      ruby.append(letters.slice(Number(start), until).join(""), above);
      pieces.push(letters.slice(at, Number(start)).join(""), ruby);
      at = until;
    }
    sentence.replaceChildren(...pieces, letters.slice(at).join(""));
  };
  const wordsOf = (sentence) => {
    const copy = sentence.cloneNode(true);
    copy.querySelectorAll("rt").forEach((reading) => reading.remove());
    return copy.textContent;
  };
  const showReadings = (article) => {
    if (article.hasAttribute("data-furigana") === chosen.furigana) return;
    article.toggleAttribute("data-furigana", chosen.furigana);
    article.querySelectorAll("[data-readings]").forEach((sentence) => {
      if (chosen.furigana) withReadings(sentence);
      else sentence.textContent = wordsOf(sentence);
    });
  };

  // Reading aloud, by voices of this machine alone: the others send the text away.
  let aloud = null; // { language, article, number } of the sentence that is being read
  const speech = window.speechSynthesis;
  const voiceFor = (language) => {
    const voices = speech?.getVoices() ?? [];
    const own = voices.filter((voice) => voice.localService && voice.lang.toLowerCase().startsWith(language));
    return own.find((voice) => voice.default) ?? own[0];
  };
  const beingRead = () => {
    if (!aloud) return null;
    const article = `#article-${aloud.language} article[data-article="${CSS.escape(aloud.article)}"]`;
    return document.querySelector(`${article} [data-sentence="${aloud.language}-${aloud.number}"]`);
  };
  const showAloud = () => {
    document.querySelectorAll("[data-aloud]").forEach((sentence) => sentence.removeAttribute("data-aloud"));
    beingRead()?.setAttribute("data-aloud", "true");
    bar()?.querySelectorAll("[data-speak]").forEach((button) => {
      const { speak, begin, stop, none } = button.dataset;
      const isReading = aloud?.language === speak;
      const said = isReading ? stop : begin;
      button.disabled = !isReading && !voiceFor(speak);
      button.title = button.disabled ? none : said;
      button.ariaLabel = said;
      button.toggleAttribute("data-reading", isReading);
    });
  };
  const bringIntoView = (sentence) => {
    const version = sentence.closest(".block.version");
    const [box, room] = [sentence, version].map((each) => each.getBoundingClientRect());
    const isOut = box.top < Math.max(0, room.top) || box.bottom > Math.min(innerHeight, room.bottom);
    if (isOut) sentence.scrollIntoView({ behavior: "smooth", block: "center" });
  };
  const stopReading = () => {
    aloud = null;
    speech?.cancel();
    showAloud();
  };
  const readOn = (reading) => {
    if (aloud !== reading) return; // stopped, or begun anew
    reading.number += 1;
    const sentence = beingRead();
    const voice = voiceFor(reading.language);
    if (!sentence || !voice) {
      stopReading();
      return;
    }
    showAloud();
    bringIntoView(sentence);
    const said = new SpeechSynthesisUtterance(wordsOf(sentence));
    said.voice = voice;
    said.lang = voice.lang;
    said.onend = () => readOn(reading);
    said.onerror = () => aloud === reading && stopReading();
    reading.said = said; // one that nothing holds may be lost before it ends
    speech.speak(said);
  };
  const read = (language) => {
    const isReading = aloud?.language === language;
    stopReading();
    const article = document.querySelector(`#article-${language} article`)?.dataset.article;
    if (isReading || !article) return;
    aloud = { language, article, number: 0 };
    readOn(aloud);
  };
  speech?.addEventListener("voiceschanged", showAloud);
  window.addEventListener("pagehide", () => speech?.cancel());

  const show = () => {
    const room = document.querySelector("#room");
    if (!room) return;
    room.dataset.shown = chosen.shown;
    document.documentElement.style.setProperty("--reading-size", `${chosen.size}%`);
    bar()?.querySelectorAll("[data-show]").forEach((button) => press(button, button.dataset.show === chosen.shown));
    bar()?.querySelectorAll(".furigana").forEach((button) => press(button, chosen.furigana));
    bar()?.querySelectorAll("[data-resize]").forEach((button) => (button.disabled = !sizeBy(button)));
    document.querySelectorAll(".version article").forEach(showReadings);
    if (aloud && !beingRead()) stopReading(); // another article is shown
    else showAloud();
  };
  const sizeBy = (button) => SIZES[SIZES.indexOf(chosen.size) + Number(button.dataset.resize)];
  const choose = (what) => {
    chosen = { ...chosen, ...what };
    try {
      localStorage.setItem(KEPT, JSON.stringify(chosen));
    } catch {
      // not remembered
    }
    show();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".comfort button");
    if (!button) return;
    if (button.dataset.show) choose({ shown: button.dataset.show });
    else if (button.dataset.resize) choose({ size: sizeBy(button) });
    else if (button.dataset.speak) read(button.dataset.speak);
    else if (button.matches(".furigana")) choose({ furigana: !chosen.furigana });
  });

  // What an answer points at is to be seen.
  const showPointedAt = (event) => {
    const { language } = event.target.closest("#chat [data-language]")?.dataset ?? {};
    if (language && ![language, "both"].includes(chosen.shown)) choose({ shown: "both" });
  };
  document.addEventListener("click", showPointedAt, true);

  // Asks what a button stands for; while an answer comes, the question waits in the box, if that is empty.
  document.addEventListener("click", (event) => {
    const asking = event.target.closest("[data-ask]");
    if (!asking) return;
    const box = document.querySelector("#question textarea");
    document.querySelector(".tabs [data-tab='talking']").click();
    if (document.querySelector("#ask").checkVisibility() || box.value) {
      window.wanted = [asking.dataset.ask, asking.dataset.article ?? ""]; // read by the hidden button's own event
      document.querySelector("#ask-for").click();
    } else {
      box.value = asking.dataset.ask;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.focus();
    }
  });

  // Gradio mends what it has shown before, and takes away what it doesn't know: this mark, and all that is done here.
  const SHOWN = "data-as-chosen";
  const parts = () => document.querySelectorAll(".comfort, .version article");
  const showAnew = () => {
    if ([...parts()].every((part) => part.hasAttribute(SHOWN))) return;
    show();
    parts().forEach((part) => part.setAttribute(SHOWN, "true"));
  };
  const mended = new MutationObserver(showAnew);
  mended.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: [SHOWN] });
}
