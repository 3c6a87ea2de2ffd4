"use strict";
/* Choisir le territoire sur la carte ou dans la liste, à la souris comme au clavier ; le diagnostic suit.
   La liste fait foi : la carte montre ce qui y est coché, et la coche. Sans ce fichier, la liste et ses boutons
   font tout. Ce qui est coché sans être enregistré se garde dans l'adresse, et sur l'appareil si le réseau manque. */
(() => {
  const ATTENTE = 200; // millisecondes après la dernière case, avant de recalculer
  const formulaire = () => document.getElementById("choix");
  if (!formulaire()) return;
  const casesDe = (code) => [...formulaire().querySelectorAll(`input[type="checkbox"][name="communes"][value="${CSS.escape(code)}"]`)];
  const cochees = () => [...new Set([...formulaire().querySelectorAll('input[name="communes"]')]
    .filter((c) => c.type === "hidden" || c.checked).map((c) => c.value))].sort();
  const traces = () => [...formulaire().querySelectorAll("path[data-esp-code]")];
  const trace = (code) => formulaire().querySelector(`path[data-esp-code="${CSS.escape(code)}"]`);
  let visee = formulaire().dataset.espImplantation;
  let minuterie = 0;
  let attendu = false;

  /* --- La copie de secours : des codes de communes, sur cet appareil, jusqu'à l'enregistrement. --- */
  const cle = `esp:territoire:${formulaire().dataset.espChoix}`;
  const secours = {
    lire() { try { return JSON.parse(localStorage.getItem(cle)); } catch { return null; } },
    garder(codes) { try { localStorage.setItem(cle, JSON.stringify({ codes })); } catch { /* l'adresse suffit */ } },
    oublier() { try { localStorage.removeItem(cle); } catch { /* rien à oublier */ } },
  };

  function dire(phrase) {
    const etat = formulaire().querySelector("[data-esp-etat]");
    etat.textContent = phrase;
    etat.hidden = !phrase;
  }

  /* --- La carte --- */
  const estCochee = (code) => code === formulaire().dataset.espImplantation || casesDe(code).some((c) => c.checked);

  function nommer(code) {
    const chemin = trace(code);
    return chemin?.dataset.espNom ?? code;
  }

  /* Celui que le serveur a donné à la commune d'implantation, toujours choisie. */
  const remplissage = () => (trace(formulaire().dataset.espImplantation) ?? formulaire().querySelector("path[data-esp-code][fill]"))?.getAttribute("fill") ?? "currentColor";

  function colorier(chemin) {
    const code = chemin.dataset.espCode;
    const oui = estCochee(code);
    if (oui) chemin.setAttribute("fill", remplissage());
    else chemin.removeAttribute("fill");
    chemin.setAttribute("aria-checked", String(oui));
    const bulle = chemin.querySelector("title");
    if (bulle) bulle.textContent = oui ? `${nommer(code)} : dans le territoire` : nommer(code);
  }

  function preparer() {
    const dessin = formulaire().querySelector(".esp-carte-dessin");
    if (!dessin) return;
    dessin.setAttribute("role", "group");
    dessin.querySelectorAll("svg").forEach((cadre) => cadre.setAttribute("role", "none"));
    for (const chemin of traces()) {
      if (chemin.dataset.espNom === undefined) {
        chemin.dataset.espNom = (chemin.querySelector("title")?.textContent ?? "").split(" : ")[0];
        chemin.setAttribute("role", "checkbox");
        chemin.setAttribute("aria-label", chemin.dataset.espNom);
        if (chemin.dataset.espCode === formulaire().dataset.espImplantation) chemin.setAttribute("aria-disabled", "true");
      }
      chemin.setAttribute("tabindex", "-1");
      colorier(chemin);
    }
    (trace(visee) ?? traces()[0])?.setAttribute("tabindex", "0");
    formulaire().querySelectorAll("[data-esp-aide-carte]").forEach((aide) => { aide.hidden = false; });
    formulaire().querySelectorAll("[data-esp-sans-script]").forEach((bouton) => { bouton.hidden = true; });
  }

  function viser(code, { focus = false } = {}) {
    trace(visee)?.setAttribute("tabindex", "-1");
    visee = code;
    const chemin = trace(code);
    chemin?.setAttribute("tabindex", "0");
    if (focus) chemin?.focus();
    montrerLeNom(code);
  }

  function montrerLeNom(code) {
    const place = formulaire().querySelector("[data-esp-commune-visee]");
    if (place) place.textContent = code ? `${nommer(code)}${estCochee(code) ? ", dans le territoire" : ""}` : "";
  }

  function basculer(code) {
    if (code === formulaire().dataset.espImplantation) {
      dire(`${nommer(code)} est votre commune d’implantation : elle est toujours dans le territoire.`);
      return;
    }
    const cases = casesDe(code);
    if (!cases.length) return;
    const oui = !cases.some((c) => c.checked);
    cases.forEach((c) => { c.checked = oui; });
    cases[0].dispatchEvent(new Event("change", { bubbles: true }));
    montrerLeNom(code);
    ranger();
  }

  /* Une commune cochée aux environs rejoint celles du territoire, dès qu'on n'y est plus : le clavier garde sa place. */
  function ranger() {
    const liste = formulaire().querySelector("[data-esp-commune-liste]");
    for (const coche of formulaire().querySelectorAll("[data-esp-alentour]:checked")) {
      const ligne = document.createElement("li");
      ligne.className = "fr-checkbox-group fr-checkbox-group--sm";
      const ancienne = coche.closest(".fr-fieldset__element");
      coche.removeAttribute("data-esp-alentour");
      ligne.append(...ancienne.querySelector(".fr-checkbox-group").childNodes);
      ancienne.remove();
      liste.append(ligne);
    }
  }

  /* La voisine dans une direction : la plus proche parmi celles qui sont vraiment de ce côté. */
  function voisine(code, dx, dy) {
    const centre = (chemin) => { const b = chemin.getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2]; };
    const depart = trace(code);
    if (!depart) return code;
    const [x, y] = centre(depart);
    let meilleure = code;
    let mieux = Infinity;
    for (const chemin of traces()) {
      if (chemin === depart) continue;
      const [cx, cy] = centre(chemin);
      const devant = (cx - x) * dx + (cy - y) * dy;
      const cote = Math.abs((cx - x) * dy) + Math.abs((cy - y) * dx);
      if (devant <= 0 || cote > devant * 1.5) continue;
      const note = devant + 2 * cote;
      if (note < mieux) { mieux = note; meilleure = chemin.dataset.espCode; }
    }
    return meilleure;
  }

  const FLECHES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  document.addEventListener("keydown", (e) => {
    const chemin = e.target.closest?.("path[data-esp-code]");
    if (!chemin) return;
    const code = chemin.dataset.espCode;
    if (FLECHES[e.key]) { e.preventDefault(); viser(voisine(code, ...FLECHES[e.key]), { focus: true }); }
    else if (e.key === " " || e.key === "Enter") { e.preventDefault(); basculer(code); }
    else if (e.key === "Home") { e.preventDefault(); viser(formulaire().dataset.espImplantation, { focus: true }); }
  });
  document.addEventListener("click", (e) => {
    const chemin = e.target.closest?.("path[data-esp-code]");
    if (chemin) { viser(chemin.dataset.espCode); basculer(chemin.dataset.espCode); }
  });
  document.addEventListener("mouseover", (e) => {
    const chemin = e.target.closest?.("path[data-esp-code]");
    if (chemin) montrerLeNom(chemin.dataset.espCode);
  });

  /* La case qu'on regarde dans la liste se repère sur la carte. */
  const reperer = (e, oui) => {
    if (e.target.matches?.('#choix input[name="communes"]')) trace(e.target.value)?.classList.toggle("esp-carte-visee", oui);
  };
  document.addEventListener("focusin", (e) => reperer(e, true));
  document.addEventListener("focusout", (e) => reperer(e, false));

  document.addEventListener("focusout", (e) => {
    const environs = e.target.closest?.("#alentour");
    if (environs && !environs.contains(e.relatedTarget)) setTimeout(ranger);
  });

  /* --- Le diagnostic suit --- */
  function recalculer() {
    clearTimeout(minuterie);
    attendu = true;
    minuterie = setTimeout(() => window.htmx?.trigger(formulaire(), "esp:choix"), ATTENTE);
  }

  document.addEventListener("change", (e) => {
    if (!e.target.matches('#choix input[name="communes"]')) return;
    const cases = casesDe(e.target.value);
    cases.forEach((c) => { c.checked = e.target.checked; });
    const chemin = trace(e.target.value);
    if (chemin) colorier(chemin);
    secours.garder(cochees());
    dire("");
    recalculer();
  });
  // La recherche vient d'ajouter une ligne : celle des environs ferait double emploi.
  document.addEventListener("esp:commune", (e) => {
    const alentour = document.getElementById(`alentour-${e.detail.code}`);
    alentour?.closest(".fr-fieldset__element")?.remove();
  });

  const envoyees = new WeakMap();
  document.addEventListener("htmx:configRequest", (e) => {
    if (formulaire().contains(e.detail.elt)) envoyees.set(e.detail.elt, cochees().join());
  });
  document.addEventListener("htmx:beforeSwap", (e) => {
    // Une case cochée pendant que la réponse arrivait : cette réponse est périmée, la suivante est déjà prévue.
    const elt = e.detail.requestConfig?.elt;
    if (elt?.id === "choix" && envoyees.get(elt) !== cochees().join()) e.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterSettle", (e) => {
    if (e.detail.elt?.id === "diagnostic") { attendu = false; dire(""); }
    const carte = document.activeElement?.dataset?.espCode;
    preparer();
    if (e.detail.elt?.id === "territoire") secours.garder(cochees());
    if (!carte && document.activeElement === document.body && e.detail.elt?.id === "territoire") document.getElementById("titre-communes")?.focus();
  });
  // La carte se redessine avec plus de communes : le clavier y retrouve sa place.
  let surLaCarte = "";
  document.addEventListener("htmx:beforeSwap", () => { surLaCarte = document.activeElement?.dataset?.espCode ?? ""; });
  document.addEventListener("htmx:oobAfterSwap", (e) => {
    if (e.detail.target?.id !== "carte-choix" && e.detail.elt?.id !== "carte-choix") return;
    preparer();
    if (surLaCarte) viser(surLaCarte, { focus: true });
  });

  /* --- Le réseau manque --- */
  const COUPURE = "Le diagnostic n’a pas pu se recalculer : le réseau manque. Vos communes restent cochées, cet appareil les garde.";
  const FINIE = "Votre session est terminée. Reconnectez-vous dans un autre onglet : vos communes restent cochées ici.";
  const REFUS = "Le diagnostic n’a pas pu se recalculer. Vos communes restent cochées, cet appareil les garde : rechargez la page.";
  for (const panne of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(panne, (e) => {
      if (!formulaire().contains(e.detail.elt)) return;
      secours.garder(cochees());
      const statut = panne === "htmx:responseError" ? e.detail.xhr.status : 0;
      dire(statut === 401 ? FINIE : statut ? REFUS : COUPURE);
    });
  }
  window.addEventListener("online", () => { if (attendu) recalculer(); });
  document.addEventListener("submit", (e) => {
    if (e.target.id !== "choix") return;
    if (navigator.onLine === false) {
      e.preventDefault();
      secours.garder(cochees());
      dire("Le réseau manque : rien n’est enregistré. Vos communes restent cochées, recommencez quand il revient.");
    }
  }, { capture: true });

  /* --- Au retour : ce qui restait à enregistrer --- */
  function proposer() {
    const gardee = secours.lire();
    if (!Array.isArray(gardee?.codes)) return;
    const ici = cochees();
    const enregistre = formulaire().dataset.espEnregistre === "oui";
    if (gardee.codes.join() === ici.join() || !gardee.codes.length) { if (enregistre) secours.oublier(); return; }
    if (!enregistre || location.search) return; // on est déjà en train de choisir
    const place = document.getElementById("reprise");
    const adresse = new URLSearchParams(gardee.codes.map((c) => ["communes", c]));
    place.querySelector("[data-esp-reprendre]").href = `${location.pathname}?${adresse}`;
    place.querySelector("[data-esp-nombre]").textContent = String(gardee.codes.length);
    place.querySelector("[data-esp-oublier]").addEventListener("click", () => { secours.oublier(); place.hidden = true; document.getElementById("titre-communes").focus(); });
    place.hidden = false;
  }
  document.addEventListener("click", (e) => { if (e.target.closest?.("[data-esp-revenir]")) secours.oublier(); });

  preparer();
  proposer();
})();
