// Remarquer un passage en le sélectionnant : le lien « Remarquer » du champ emporte l'extrait choisi.
(() => {
  const LONGUEUR = 300;
  const liens = new Map();
  document.querySelectorAll("[data-esp-remarquer]").forEach((champ) => {
    const lien = champ.querySelector(".esp-champ-lu__geste a");
    if (lien) liens.set(champ, { lien, adresse: lien.getAttribute("href"), texte: lien.firstChild.textContent });
  });
  const rendre = ({ lien, adresse, texte }) => {
    lien.setAttribute("href", adresse);
    lien.firstChild.textContent = texte;
    lien.classList.remove("esp-choisi");
  };
  document.addEventListener("selectionchange", () => {
    const choix = document.getSelection();
    const extrait = choix ? choix.toString().trim().replace(/\s+/g, " ").slice(0, LONGUEUR) : "";
    const noeud = choix && choix.anchorNode;
    const element = noeud && (noeud.nodeType === Node.ELEMENT_NODE ? noeud : noeud.parentElement);
    const vise = element && element.closest("[data-esp-remarquer]");
    // Cliquer le lien défait la sélection : on ne rend les autres liens que lorsqu'un nouveau passage est choisi.
    if (!extrait || !vise || !liens.has(vise)) return;
    liens.forEach(rendre);
    const { lien, adresse } = liens.get(vise);
    lien.setAttribute("href", `${adresse}&extrait=${encodeURIComponent(extrait)}`);
    lien.firstChild.textContent = "Remarquer le passage choisi";
    lien.classList.add("esp-choisi");
  });
})();
