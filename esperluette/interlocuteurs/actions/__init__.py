"""Les verbes : `fiches` (charger, tenir, revenir en arrière), `rencontres` (demander, fixer, rendre compte)."""
