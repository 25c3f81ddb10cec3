// The menu: a popover that its button opens, the model that is chosen in it, and the language, which is the page's.
() => {
  let model = null; // whose part of the menu has the focus

  document.addEventListener("click", (event) => {
    const button = event.target.closest("#models button");
    if (!button) return;
    window.chosenModel = button.dataset.model; // read by the hidden button's own event
    document.querySelector("#choose-model").click();
  });

  document.addEventListener("focusin", (event) => {
    model = event.target.closest("#models [data-model]")?.closest("li").dataset.model ?? null;
  });

  const opener = () => document.querySelector("#menu-button button");
  const isLost = () => document.activeElement === document.body;
  const make = (menu) => {
    menu.popover = "auto";
    menu.setAttribute("role", "dialog");
    menu.setAttribute("aria-labelledby", "menu-name");
    menu.addEventListener("toggle", ({ newState }) => {
      if (newState === "closed" && isLost()) opener()?.focus(); // it was made anew in another language
    });
  };

  const speak = () => {
    const head = document.querySelector("header[data-token]"); // once the page has opened
    if (!head) return;
    const title = head.querySelector("h1").textContent;
    if (document.documentElement.lang !== head.lang) document.documentElement.lang = head.lang;
    if (document.title !== title) document.title = title;
  };

  new MutationObserver(() => {
    speak();
    const menu = document.querySelector("#menu");
    if (!menu) return;
    if (!menu.popover) make(menu);
    if (!model || !isLost() || !menu.matches(":popover-open")) return;
    document.querySelector(`#models li[data-model="${CSS.escape(model)}"]`)?.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });
}
