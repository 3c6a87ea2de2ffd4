"""Ce qu'un navigateur peut envoyer, et que personne n'attend."""

BALISE = "<script>alert('esp')</script>"
# « ² » est un chiffre pour isdigit, pas pour int. PostgreSQL refuse l'octet nul et les entiers de plus de 63 bits ;
# SQLite, les seconds seulement.
VALEURS = {
    "octet nul": "a\x00b",
    "exposant": "²",
    "plus que 63 bits": str(2**63),
    "cinq mille chiffres": "9" * 5000,
    "an un": "0001-01-01",
    "trente février": "2026-02-30",
    "fin des temps": "9999-12-31",
    "dix mille signes": "é" * 10_000,
    "balise et Typst": BALISE + '#set page(width: 1pt) #read("/etc/passwd") $x$ @ref',
    "négatif": "-1",
    "infini": "1e999",
    "guillemets": "'\";--`${7*7}{{7*7}}{% debug %}\r\n",
}
# Ceux qui traversent une première vérification : on les donne un par un, le reste du formulaire étant juste.
UN_PAR_UN = ("octet nul", "exposant", "plus que 63 bits", "fin des temps")
NUMEROS = (0, 2**31, 2**63, 10**30)
MOTS = ("x", "²", "a%00b", "ESP-BRE-2999-99999", "e" * 3000, "%2e%2e", "null")
# Ce que nos pages lisent dans une adresse, en plus de ce que leurs liens et leurs formulaires portent.
PARAMETRES = (
    "page",
    "tri",
    "ordre",
    "q",
    "d",
    "point",
    "etat",
    "agent",
    "departement",
    "vue",
    "suivant",
    "annee",
    "du",
    "au",
)
