"use strict";
/* Le champ « commune » : propose pendant la frappe, au clavier comme à la souris (motif ARIA « combobox »).
   Sans ce fichier, on tape un nom ou un code postal et la page propose un choix si c'est ambigu. */
(() => {
  const ATTENTE = 150; // millisecondes sans frappe avant de chercher
  const MINIMUM = 2; // lettres
  const prets = new WeakSet();

  function element(nom, attributs, texte) {
    const cree = document.createElement(nom);
    for (const [cle, valeur] of Object.entries(attributs)) cree.setAttribute(cle, valeur);
    if (texte !== undefined) cree.textContent = texte;
    return cree;
  }

  function preparer(racine) {
    if (!racine || !racine.querySelectorAll) return;
    if (racine.matches && racine.matches("[data-esp-commune]")) activer(racine);
    racine.querySelectorAll("[data-esp-commune]").forEach(activer);
  }

  function activer(boite) {
    if (prets.has(boite)) return;
    prets.add(boite);
    const saisie = boite.querySelector('input[type="text"]');
    if (!saisie || saisie.disabled || saisie.readOnly) return;
    const plusieurs = boite.dataset.espCommune === "plusieurs";
    const idListe = `${saisie.id}_propositions`;
    const liste = element("ul", { id: idListe, role: "listbox", "aria-label": "Communes proposées", class: "esp-commune__propositions" });
    const annonce = element("p", { role: "status", "aria-live": "polite", class: "fr-sr-only" });
    liste.hidden = true;
    // La saisie garde le curseur pendant le clic : ni fermeture, ni « change » prématurés.
    liste.addEventListener("mousedown", (e) => e.preventDefault());
    saisie.after(liste, annonce);
    for (const [cle, valeur] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": idListe, "aria-haspopup": "listbox",
    })) saisie.setAttribute(cle, valeur);

    let resultats = [];
    let active = -1;
    let minuterie = 0;
    let requete = null;

    function fermer() {
      clearTimeout(minuterie);
      if (requete) requete.abort();
      liste.hidden = true;
      liste.replaceChildren();
      resultats = [];
      active = -1;
      saisie.setAttribute("aria-expanded", "false");
      saisie.removeAttribute("aria-activedescendant");
    }

    function viser(rang) {
      active = rang;
      [...liste.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === rang)));
      if (rang < 0) { saisie.removeAttribute("aria-activedescendant"); return; }
      saisie.setAttribute("aria-activedescendant", liste.children[rang].id);
      liste.children[rang].scrollIntoView({ block: "nearest" });
    }

    function montrer() {
      active = -1;
      saisie.removeAttribute("aria-activedescendant");
      liste.replaceChildren(...resultats.map((resultat, i) => {
        const option = element("li", { id: `${idListe}_${i}`, role: "option", "aria-selected": "false", class: "esp-commune__option" });
        option.append(element("span", {}, resultat.nom), " ", element("span", { class: "fr-hint-text" }, resultat.detail));
        option.addEventListener("click", () => choisir(resultat));
        return option;
      }));
      liste.hidden = resultats.length === 0;
      saisie.setAttribute("aria-expanded", String(resultats.length > 0));
      const approche = resultats.length > 0 && resultats[0].approchee;
      annonce.textContent = resultats.length === 0 ? "Aucune commune trouvée."
        : `${resultats.length} commune${resultats.length > 1 ? "s" : ""} ${approche ? "au nom proche" : `proposée${resultats.length > 1 ? "s" : ""}`}. Flèches pour parcourir, Entrée pour choisir.`;
    }

    function champDuCode() {
      const connu = boite.querySelector("[data-esp-commune-code]");
      if (connu) return connu;
      const cache = element("input", { type: "hidden", name: boite.dataset.espNom, "data-esp-commune-code": "" });
      boite.append(cache);
      return cache;
    }

    function garder(resultat) {
      const cochees = boite.querySelector("[data-esp-commune-liste]");
      let coche = [...cochees.querySelectorAll("input")].find((c) => c.value === resultat.code);
      if (!coche) {
        const id = `${saisie.id}_${resultat.code}`;
        coche = element("input", { type: "checkbox", id, name: boite.dataset.espNom, value: resultat.code });
        const ligne = element("li", { class: "fr-checkbox-group fr-checkbox-group--sm" });
        ligne.append(coche, element("label", { class: "fr-label", for: id }, resultat.libelle));
        cochees.append(ligne);
      }
      coche.checked = true;
      return coche;
    }

    function choisir(resultat) {
      fermer();
      boite.querySelector("[data-esp-commune-choix]")?.remove();
      let cible = saisie;
      if (plusieurs) {
        cible = garder(resultat);
        saisie.value = "";
        annonce.textContent = `${resultat.libelle} ajoutée.`;
      } else {
        saisie.value = resultat.libelle;
        champDuCode().value = resultat.code;
        annonce.textContent = `${resultat.libelle} choisie.`;
      }
      cible.dispatchEvent(new Event("change", { bubbles: true }));
      boite.dispatchEvent(new CustomEvent("esp:commune", { bubbles: true, detail: resultat }));
    }

    async function chercher() {
      const texte = saisie.value.split(/[,;]/).pop().trim();
      if (texte.length < MINIMUM) { fermer(); return; }
      if (requete) requete.abort();
      const celleCi = new AbortController();
      requete = celleCi;
      try {
        const reponse = await fetch(`${boite.dataset.espUrl}?q=${encodeURIComponent(texte)}`, { signal: celleCi.signal });
        if (!reponse.ok) throw new Error(String(reponse.status));
        resultats = (await reponse.json()).resultats;
        if (document.activeElement === saisie) montrer();
      } catch (erreur) {
        if (erreur.name === "AbortError") return;
        fermer();
        annonce.textContent = "La recherche ne répond pas : tapez le nom entier ou le code postal.";
      }
    }

    saisie.addEventListener("input", () => {
      if (!plusieurs) {
        boite.querySelector("[data-esp-commune-choix]")?.remove();
        champDuCode().value = "";
      }
      clearTimeout(minuterie);
      minuterie = setTimeout(chercher, ATTENTE);
    });

    saisie.addEventListener("keydown", (e) => {
      const ouverte = !liste.hidden;
      if (e.key === "ArrowDown" || e.key === "ArrowUp") {
        e.preventDefault();
        if (!ouverte) { chercher(); return; }
        const pas = e.key === "ArrowDown" ? 1 : -1;
        const n = resultats.length;
        viser(active < 0 ? (pas > 0 ? 0 : n - 1) : (active + pas + n) % n);
      } else if (e.key === "Enter" && ouverte && (active >= 0 || plusieurs)) {
        e.preventDefault();
        choisir(resultats[Math.max(active, 0)]);
      } else if (e.key === "Escape" && ouverte) {
        e.preventDefault();
        e.stopPropagation();
        fermer();
      } else if (e.key === "Tab" && ouverte && active >= 0) {
        choisir(resultats[active]);
      }
    });

    saisie.addEventListener("blur", fermer);
  }

  document.addEventListener("htmx:load", (e) => preparer(e.detail.elt));
  preparer(document);
})();
