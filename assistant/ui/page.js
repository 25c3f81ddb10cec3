// Lights sentences of the article up: the evidence of the newest answer, and what a citation or passage points at.
() => {
  let awaited = null; // the button whose article is being opened

  const sentencesOf = (button) => {
    const { article, language, start, end } = button.dataset;
    const first = Number(start);
    const last = end ? Number(end) : first + 1;
    const version = document.querySelector(`#article-${language} article[data-article="${CSS.escape(article)}"]`);
    if (!version) return [];
    return [...version.querySelectorAll("[data-sentence]")].filter((sentence) => {
      const at = Number(sentence.dataset.start);
      return first <= at && at < last;
    });
  };

  const mark = (attribute, sentences) => {
    document.querySelectorAll(`[${attribute}]`).forEach((sentence) => sentence.removeAttribute(attribute));
    sentences.forEach((sentence) => sentence.setAttribute(attribute, "true"));
  };

  const lightUp = (button) => {
    const sentences = sentencesOf(button);
    if (!sentences.length) return false;
    mark("data-lit", sentences);
    const version = sentences[0].closest(".block.version");
    const above = sentences[0].getBoundingClientRect().top - version.getBoundingClientRect().top;
    version.scrollBy({ top: above - version.clientHeight / 3, behavior: "smooth" });
    version.scrollIntoView({ behavior: "smooth", block: "nearest" });
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

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".citation, .passage");
    if (!button || lightUp(button)) return;
    awaited = button;
    open(button.dataset.article);
  });

  let evidenceKey = "";
  const observer = new MutationObserver(() => {
    if (awaited && lightUp(awaited)) awaited = null;
    const answers = document.querySelectorAll("#chat .answer");
    const shown = [...document.querySelectorAll(".version article")].map((version) => version.dataset.article);
    const newest = answers[answers.length - 1];
    const starts = newest ? [...newest.querySelectorAll(".passage")].map((passage) => passage.dataset.start) : [];
    const key = [answers.length, ...shown, ...starts].join(" ");
    if (key === evidenceKey) return;
    evidenceKey = key;
    showEvidence();
  });
  observer.observe(document.body, { childList: true, subtree: true });
}
