// L'ordre du jour se glisse à la souris ; sans script, ou au clavier, « Monter » et « Descendre » font de même.
(() => {
  const corps = document.querySelector("[data-esp-ordre]");
  if (!corps) return;
  const jeton = corps.querySelector("[name=csrfmiddlewaretoken]").value;
  const lignes = () => [...corps.querySelectorAll("[data-esp-point]")];
  let glissee = null;
  let depart = "";

  const ordre = () => lignes().map((ligne) => ligne.dataset.espPoint);

  const enregistrer = async () => {
    const envoi = new URLSearchParams(ordre().map((cle) => ["points", cle]));
    const reponse = await fetch(corps.dataset.espOrdre, {
      method: "POST",
      headers: { "X-CSRFToken": jeton, "X-Esperluette": "fragment" },
      body: envoi,
    }).catch(() => null);
    if (reponse && (reponse.ok || reponse.status === 409)) {
      window.location.hash = "ordre-du-jour";
      window.location.reload();
      return;
    }
    const annonce = document.querySelector("[data-esp-annonces]");
    if (annonce) annonce.textContent = "L’ordre n’est pas enregistré : vérifiez votre connexion, puis recommencez.";
  };

  for (const ligne of lignes()) {
    ligne.draggable = true;
    ligne.addEventListener("dragstart", (evenement) => {
      glissee = ligne;
      depart = ordre().join();
      evenement.dataTransfer.effectAllowed = "move";
      evenement.dataTransfer.setData("text/plain", ligne.dataset.espPoint);
      ligne.dataset.espGlisse = "";
    });
    ligne.addEventListener("dragover", (evenement) => {
      if (!glissee || glissee === ligne) return;
      evenement.preventDefault();
      const cadre = ligne.getBoundingClientRect();
      const apres = evenement.clientY > cadre.top + cadre.height / 2;
      corps.insertBefore(glissee, apres ? ligne.nextSibling : ligne);
    });
    ligne.addEventListener("drop", (evenement) => evenement.preventDefault());
    ligne.addEventListener("dragend", () => {
      delete ligne.dataset.espGlisse;
      glissee = null;
      if (ordre().join() !== depart) enregistrer();
    });
  }
})();
