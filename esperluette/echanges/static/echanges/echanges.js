// Garde ce qu'on écrit : au serveur une seconde après la dernière frappe, sur l'appareil si le réseau manque.
(() => {
  "use strict";
  const ATTENTE = 1200;

  const copie = (cle) => ({
    lire() { try { return JSON.parse(localStorage.getItem(cle)); } catch { return null; } },
    garder(valeur) { try { localStorage.setItem(cle, JSON.stringify(valeur)); return true; } catch { return false; } },
    oublier() { try { localStorage.removeItem(cle); } catch { /* rien à oublier */ } },
  });

  function suivre(formulaire) {
    const locale = copie(formulaire.dataset.espCle);
    const zone = () => formulaire.querySelector("[data-esp-texte]");
    const jeton = formulaire.querySelector("[name=jeton]").value;
    const etat = formulaire.querySelector("[data-esp-etat-brouillon]");
    let minuterie = null;
    let dernier = zone().value;

    // Un envoi coupé net a laissé une copie ; un envoi arrivé se reconnaît à son jeton, dans le fil.
    const gardee = locale.lire();
    if (gardee) {
      const arrive = document.querySelector(`[data-esp-jeton="${CSS.escape(String(gardee.jeton))}"]`);
      if (arrive || gardee.texte === zone().value) {
        locale.oublier();
      } else if (!zone().value) {
        zone().value = gardee.texte;
        etat.textContent = "Voici ce que cet appareil avait gardé de votre texte.";
        minuterie = setTimeout(enregistrer, ATTENTE);
      }
    }

    async function enregistrer() {
      const texte = zone().value;
      if (texte === dernier) return;
      try {
        const reponse = await fetch(formulaire.dataset.espBrouillon, {
          method: "POST",
          body: new URLSearchParams([...new FormData(formulaire)].filter(([, v]) => typeof v === "string")),
          headers: { "X-Esperluette": "fragment" },
          credentials: "same-origin",
        });
        if (!reponse.ok) throw new Error(String(reponse.status));
        dernier = texte;
        locale.oublier();
        etat.textContent = await reponse.text();
      } catch {
        etat.textContent = locale.garder({ jeton, texte })
          ? "Le brouillon n’est pas enregistré ; cet appareil le garde."
          : "Le brouillon n’est pas enregistré : copiez votre texte avant de quitter la page.";
      }
    }

    formulaire.addEventListener("input", (evenement) => {
      if (!evenement.target.matches("[data-esp-texte]")) return;
      clearTimeout(minuterie);
      minuterie = setTimeout(enregistrer, ATTENTE);
    });
    formulaire.addEventListener("submit", () => {
      clearTimeout(minuterie);
      if (zone().value.trim()) locale.garder({ jeton, texte: zone().value });
    });
    globalThis.addEventListener("online", enregistrer);
  }

  for (const formulaire of document.querySelectorAll("[data-esp-brouillon]")) suivre(formulaire);
})();
