/* L'éditeur de texte riche : gras, italique, listes, lien. Sans lui, la zone de texte simple reste, et le serveur
   convertit. La zone cachée garde toujours la valeur : c'est elle qu'on envoie.
   CSP stricte : aucun style injecté (injectCSS éteint), l'apparence est dans dossiers.css. */
import {
  Blockquote, Bold, BulletList, Document, Editor, HardBreak, Heading, History, Italic, Link, ListItem, OrderedList,
  Paragraph, Text,
} from "django-prose-editor/editor";

/* Titres et citations n'ont pas de bouton, mais un texte importé qui en a les garde. */
/* Tab sort de l'éditeur, même dans une liste : au clavier, on n'y reste jamais pris. */
const Element = ListItem.extend({
  addKeyboardShortcuts() { return { Enter: () => this.editor.commands.splitListItem(this.name) }; },
});
const EXTENSIONS = [
  Document, Paragraph, Text, HardBreak, History, Bold, Italic, BulletList, Element, Blockquote,
  OrderedList.configure({ enableListAttributes: false }),
  Heading.configure({ levels: [4] }),
  Link.configure({ openOnClick: false, enableTarget: false, autolink: false, protocols: ["http", "https", "mailto"] }),
];

const BOUTONS = [
  { nom: "Gras", icone: "fr-icon-bold", actif: "bold", faire: (c) => c.toggleBold(), touches: "Control+B" },
  { nom: "Italique", icone: "fr-icon-italic", actif: "italic", faire: (c) => c.toggleItalic(), touches: "Control+I" },
  { nom: "Liste à puces", icone: "fr-icon-list-unordered", actif: "bulletList", faire: (c) => c.toggleBulletList() },
  { nom: "Liste numérotée", icone: "fr-icon-list-ordered", actif: "orderedList", faire: (c) => c.toggleOrderedList() },
  { nom: "Lien", icone: "fr-icon-link", actif: "link" },
  { nom: "Annuler", icone: "fr-icon-arrow-go-back-line", faire: (c) => c.undo(), touches: "Control+Z" },
  { nom: "Rétablir", icone: "fr-icon-arrow-go-forward-line", faire: (c) => c.redo(), touches: "Control+Y" },
];

function element(nom, attributs = {}, ...enfants) {
  const cree = document.createElement(nom);
  for (const [cle, valeur] of Object.entries(attributs)) cree.setAttribute(cle, valeur);
  cree.append(...enfants);
  return cree;
}

function ameliorer(zone) {
  if (zone.dataset.espPret || zone.readOnly) return;
  zone.dataset.espPret = "1";
  const id = zone.id;
  const forme = zone.form?.elements[`forme:${zone.name}`];
  const boite = element("div", { class: "esp-riche" });
  const etiquette = zone.form?.querySelector(`label[for="${CSS.escape(id)}"]`);
  if (etiquette && !etiquette.id) etiquette.id = `${id}-etiquette`;
  zone.value = zone.dataset.espHtml;
  if (forme) forme.value = "html";
  zone.id = `${id}-source`;
  zone.hidden = true;
  zone.before(boite);

  const attributs = { id, role: "textbox", "aria-multiline": "true", spellcheck: "true" };
  if (etiquette) attributs["aria-labelledby"] = etiquette.id;
  if (zone.getAttribute("aria-describedby")) attributs["aria-describedby"] = zone.getAttribute("aria-describedby");
  const editeur = new Editor({
    element: boite,
    extensions: EXTENSIONS,
    content: zone.dataset.espHtml,
    injectCSS: false,
    editorProps: { attributes: attributs },
    onUpdate: ({ editor }) => {
      zone.value = editor.isEmpty ? "" : editor.getHTML();
      zone.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  boite.prepend(...barre(editeur, id));
  if (etiquette) etiquette.addEventListener("click", () => editeur.commands.focus());
  zone.addEventListener("esp:remplacer", (e) => {
    e.preventDefault();
    editeur.commands.setContent(e.detail, { emitUpdate: false });
    zone.value = e.detail;
  });
  zone.addEventListener("esp:viser", (e) => { e.preventDefault(); editeur.commands.focus("end"); });
}

/* La barre d'outils (motif ARIA « toolbar ») : une seule étape de tabulation, les flèches à l'intérieur. */
function barre(editeur, id) {
  const outils = element("div", { class: "esp-riche__barre", role: "toolbar", "aria-label": "Mise en forme", "aria-controls": id });
  const lien = panneauLien(editeur, id);
  const boutons = BOUTONS.map((b, rang) => {
    const bouton = element("button", {
      type: "button", class: `fr-btn fr-btn--tertiary-no-outline fr-btn--sm ${b.icone}`, title: b.nom, tabindex: rang ? "-1" : "0",
    }, b.nom);
    if (b.touches) bouton.setAttribute("aria-keyshortcuts", b.touches);
    if (b.actif) bouton.setAttribute("aria-pressed", "false");
    bouton.addEventListener("mousedown", (e) => e.preventDefault());
    bouton.addEventListener("click", () => (b.faire ? b.faire(editeur.chain().focus()).run() : lien.ouvrir(bouton)));
    return bouton;
  });
  outils.append(...boutons);
  outils.addEventListener("keydown", (e) => {
    const place = boutons.indexOf(document.activeElement);
    const cible = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: boutons.length - 1 }[e.key];
    if (e.key === "Escape") editeur.commands.focus();
    if (cible === undefined || place < 0) return;
    e.preventDefault();
    const voisin = boutons[(cible + boutons.length) % boutons.length];
    boutons.forEach((b) => { b.tabIndex = b === voisin ? 0 : -1; });
    voisin.focus();
  });
  editeur.view.dom.addEventListener("keydown", (e) => {
    if (e.altKey && e.key === "F10") { e.preventDefault(); boutons.find((b) => b.tabIndex === 0).focus(); }
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") { e.preventDefault(); lien.ouvrir(null); }
  });
  editeur.on("transaction", () => {
    BOUTONS.forEach((b, rang) => {
      if (b.actif) boutons[rang].setAttribute("aria-pressed", String(editeur.isActive(b.actif)));
    });
  });
  return [outils, lien.panneau];
}

function panneauLien(editeur, id) {
  const champ = element("input", { type: "url", class: "fr-input", id: `${id}-lien`, placeholder: "https://" });
  const poser = element("button", { type: "button", class: "fr-btn fr-btn--sm fr-btn--secondary" }, "Poser le lien");
  const oter = element("button", { type: "button", class: "fr-btn fr-btn--sm fr-btn--tertiary" }, "Retirer le lien");
  const panneau = element("div", { class: "esp-riche__lien", role: "group", "aria-label": "Lien" },
    element("label", { class: "fr-label", for: champ.id }, "Adresse du lien", champ), poser, oter);
  panneau.hidden = true;
  const fermer = () => { panneau.hidden = true; editeur.commands.focus(); };
  const valider = () => {
    const adresse = champ.value.trim();
    panneau.hidden = true;
    const suite = editeur.chain().focus().extendMarkRange("link");
    if (!adresse) { suite.unsetLink().run(); return; }
    const href = /^(https?:|mailto:)/i.test(adresse) ? adresse : adresse.includes("@") ? `mailto:${adresse}` : `https://${adresse}`;
    if (editeur.state.selection.empty && !editeur.isActive("link")) {
      editeur.chain().focus().insertContent({ type: "text", text: href.replace(/^mailto:/, ""), marks: [{ type: "link", attrs: { href } }] }).run();
    } else {
      suite.setLink({ href }).run();
    }
  };
  poser.addEventListener("click", valider);
  oter.addEventListener("click", () => { champ.value = ""; valider(); });
  panneau.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && e.target === champ) { e.preventDefault(); valider(); }
    if (e.key === "Escape") { e.preventDefault(); fermer(); }
  });
  /* Ce champ n'est pas une réponse : ce qu'on y tape ne s'enregistre pas. */
  for (const evenement of ["input", "change"]) champ.addEventListener(evenement, (e) => e.stopPropagation());
  return {
    panneau,
    ouvrir() {
      champ.value = editeur.getAttributes("link").href || "";
      panneau.hidden = false;
      champ.focus();
    },
  };
}

function preparer(racine) {
  if (racine.matches?.("[data-esp-riche]")) ameliorer(racine);
  racine.querySelectorAll?.("[data-esp-riche]").forEach(ameliorer);
}

/* Sur body, et avant redaction.js : l'éditeur est posé quand celui-ci regarde ce qui est enregistré. */
document.body.addEventListener("htmx:load", (e) => preparer(e.detail.elt));
document.body.addEventListener("esp:neuf", (e) => preparer(e.target));
preparer(document);
