"use strict";
/* Cache les champs qui ne concernent pas la réponse donnée. Sans ce fichier, tous les champs se voient
   et leur aide dit quand les remplir ; le serveur contrôle dans les deux cas. */
(() => {
  const groupe = (racine, nom) => racine.querySelector(`[data-esp-champ="${nom}"]`);
  const montrer = (element, oui) => { if (element) element.hidden = !oui; };

  document.querySelectorAll("[data-esp-fiche-membre]").forEach((fiche) => {
    const profession = groupe(fiche, "profession")?.querySelector("select");
    const qualification = groupe(fiche, "savoir_faire")?.querySelector("select");
    if (!profession || !qualification) return;
    const accorder = () => {
      const libelle = profession.selectedOptions[0]?.textContent ?? "";
      const familles = [...qualification.querySelectorAll("optgroup")];
      const sienne = familles.find((f) => f.label === libelle);
      familles.forEach((f) => { f.hidden = f !== sienne && f !== familles.at(-1); });
      const choisie = qualification.selectedOptions[0]?.parentElement;
      if (choisie instanceof HTMLOptGroupElement && (choisie.hidden || !sienne)) qualification.value = "";
      montrer(groupe(fiche, "savoir_faire"), Boolean(sienne));
      montrer(groupe(fiche, "metier"), profession.value === "autre");
      montrer(groupe(fiche, "rpps"), profession.value !== "autre");
    };
    profession.addEventListener("change", accorder);
    accorder();
  });

  document.querySelectorAll('[data-esp-champ="statut_juridique"]').forEach((choix) => {
    const formulaire = choix.closest("form");
    const accorder = () => {
      const structure = choix.querySelector("input:checked")?.value ?? "";
      const oui = !["", "aucun"].includes(structure);
      montrer(groupe(formulaire, "statut_avancement"), oui);
      montrer(groupe(formulaire, "nom_juridique"), oui);
    };
    choix.addEventListener("change", accorder);
    accorder();
  });

  document.getElementById("erreurs")?.focus();
})();
