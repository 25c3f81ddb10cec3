// Keeps answers with their article and takes them out, by the hidden buttons' own events; and whether those kept are
// in view: with room for both sides of the page they are, until they are closed.
() => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".keep, .drop");
    if (!button) return;
    const { back, article, note, isKept } = button.dataset;
    const isOut = button.matches(".drop") || isKept === "true";
    window.kept = isOut ? `${article} ${note}` : back; // read by the hidden button's own event
    document.querySelector(isOut ? "#drop" : "#keep").click();
  });

  window.showKept = (note, isKept) => {
    document.querySelectorAll("#chat .keep").forEach((button) => {
      if (button.dataset.note !== note) return;
      button.dataset.isKept = isKept;
      button.textContent = isKept ? button.dataset.kept : button.dataset.keep;
    });
  };

  // Gradio changes what it shows in place, and takes away what it doesn't know: `open`, and the button in focus.
  let isOpen = !window.matchMedia("(max-width: 640px)").matches;
  let wasDropped = false;
  new MutationObserver((changes) => {
    const notes = document.querySelector("#notes details");
    const own = changes.filter(({ target }) => target.contains(notes) || notes?.contains(target));
    if (!notes || !own.length) return;
    if (own.every(({ attributeName }) => attributeName === "open")) isOpen = notes.open;
    else notes.open = isOpen;
    if (wasDropped && document.activeElement === document.body) notes.querySelector("summary").focus();
    wasDropped = false;
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributeFilter: ["open"] });
  document.addEventListener("click", (event) => (wasDropped = !!event.target.closest("#notes .drop")));
}
