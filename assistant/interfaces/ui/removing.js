// Asks whether the article shown is really to be removed, as that can't be undone.
() => {
  let isMeant = false;
  document.addEventListener(
    "click",
    (event) => {
      const title = document.querySelector("#articles input")?.value;
      if (event.target.closest("#removing [value='remove']")) {
        isMeant = true;
        document.querySelector("#remove").click();
        isMeant = false;
      } else if (event.target.closest("#remove") && title && !isMeant) {
        event.preventDefault();
        event.stopImmediatePropagation();
        const question = document.querySelector("#remove-asks");
        question.textContent = question.dataset.asks.replace("{title}", () => title);
        document.querySelector("#removing").showModal();
      }
    },
    true,
  );
}
