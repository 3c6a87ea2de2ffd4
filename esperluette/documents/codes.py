"""Le code imprimé sur un document gardé : imprévisible, lisible à voix haute, recopiable sans erreur muette."""

import secrets

# Ni voyelle (aucun mot ne se forme), ni signe qui se confond : 0 O Q, 1 I L, 2 Z, 5 S, 8 B, U V.
ALPHABET = "23456789CDFGHJKMNPRTVWXY"
GROUPES, LONGUEUR = 4, 16
_CONFUSIONS = str.maketrans("BSZ", "852")


def tirer() -> str:
    """Un code neuf, « XXXX-XXXX-XXXX-XXXX » : quinze signes au hasard (68 bits) et un signe de contrôle."""
    signes = "".join(secrets.choice(ALPHABET) for _ in range(LONGUEUR - 1))
    return en_groupes(signes + _controle(signes))


def en_groupes(signes: str) -> str:
    """Les signes, par groupes de quatre."""
    return "-".join(signes[i : i + GROUPES] for i in range(0, len(signes), GROUPES))


def normaliser(saisi: str) -> str:
    """Le code tel qu'il est imprimé, depuis ce qu'une personne a recopié ; vide si ce n'en est pas un.

    Casse, espaces et tirets ne comptent pas ; B, S et Z, qu'aucun code ne contient, sont lus 8, 5 et 2.
    """
    if len(saisi) > 200:
        return ""
    signes = "".join(c for c in saisi.upper() if c.isalnum()).translate(_CONFUSIONS)
    if len(signes) != LONGUEUR or not set(signes) <= set(ALPHABET) or _controle(signes[:-1]) != signes[-1]:
        return ""
    return en_groupes(signes)


def _controle(signes: str) -> str:
    """La somme de Luhn, dans notre alphabet : un signe faux ou deux voisins échangés se voient."""
    base, somme = len(ALPHABET), 0
    for rang, signe in enumerate(reversed(signes)):
        valeur = ALPHABET.index(signe) * (1 if rang % 2 else 2)
        somme += valeur // base + valeur % base
    return ALPHABET[-somme % base]
