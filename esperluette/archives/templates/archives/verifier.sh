#!/bin/sh
# Vérifie cette archive sans Esperluette, avec sha256sum (Linux) ou shasum (macOS).
# Sortie : 0 si tout est intact, 1 sinon.
cd "$(dirname "$0")" || exit 2
if command -v sha256sum > /dev/null 2>&1; then
    empreinte() { sha256sum < "$1" | cut -c 1-64; }
    manifeste() { sha256sum -c MANIFESTE.sha256 > /dev/null; }
else
    empreinte() { shasum -a 256 < "$1" | cut -c 1-64; }
    manifeste() { shasum -a 256 -c MANIFESTE.sha256 > /dev/null; }
fi
rate() { echo "ANOMALIE : $1" >&2; exit 1; }

manifeste || rate "un fichier a été changé ou retiré (voir ci-dessus)"
echo "1. Les fichiers sont ceux du manifeste."

for contenu in depots/*/contenu.json; do
    [ -f "$contenu" ] || continue
    signatures="${contenu%contenu.json}signatures.json"
    grep -qF "\"empreinte_signee\":\"$(empreinte "$contenu")\"" "$signatures" || rate "$contenu n'est pas ce qui a été signé"
done
echo "2. Les contenus sont ceux que les signatures désignent."

[ -f journal/TETE.txt ] || { echo "3. Pas de journal."; exit 0; }
read -r longueur tete < journal/TETE.txt
precedente=""
numero=1
while [ "$numero" -le "$longueur" ]; do
    maillon="journal/$(printf '%06d' "$numero")"
    if [ -f "$maillon.json" ]; then
        # Le premier format finit par l'empreinte précédente ; le second la nomme.
        grep -qF -e "\"precedente\":\"$precedente\"" -e ",\"$precedente\"]" "$maillon.json" || rate "la chaîne est rompue avant le n° $numero"
        if [ -f "$maillon.contenu.json" ]; then
            grep -qF "\"contenu\":\"$(empreinte "$maillon.contenu.json")\"" "$maillon.json" || rate "le contenu du n° $numero a changé"
        fi
        if [ -f "$maillon.auteur.json" ]; then
            grep -qF "\"auteur\":\"$(empreinte "$maillon.auteur.json")\"" "$maillon.json" || rate "l'auteur du n° $numero a changé"
        fi
        precedente=$(empreinte "$maillon.json")
    else
        [ -f "$maillon.empreinte" ] || rate "le n° $numero manque"
        if [ -f "$maillon.sans-nom.json" ]; then
            # Un nom effacé : une ligne-tombe du journal garde l'empreinte du même acte sans nom.
            grep -qF "$(empreinte "$maillon.sans-nom.json")" journal/*.contenu.json || rate "le n° $numero n'a pas de ligne-tombe"
        fi
        read -r precedente < "$maillon.empreinte"
    fi
    numero=$((numero + 1))
done
[ "$precedente" = "$tete" ] || rate "la fin du journal a été retirée"
echo "3. Les $longueur événements du journal se suivent, jusqu'à la tête $tete."
