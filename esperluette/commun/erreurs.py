"""Les refus du domaine : une phrase pour la personne, jamais une trace d'exécution."""


class ErreurMetier(Exception):
    """Geste refusé par une règle ; `str(erreur)` est une phrase montrable telle quelle."""


class Refus(ErreurMetier):
    """La personne n'a pas le droit de faire ce geste ; la vue répond 403 avec la raison."""


class Conflit(ErreurMetier):
    """L'objet a changé entre-temps ; rien n'a été écrit."""
